import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type User, type UserLink, useInviteUser } from '@/api/users'
import { formatMoment } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { Choice, TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Row } from '@/ui/Layout'
import { CodeBlock, Text } from '@/ui/Text'

const kInvitedRoles = ['MARKETER', 'VIEWER', 'DEVELOPER', 'ADMINISTRATOR'] as const

interface InviteDialogProps {
  isOpen: boolean
  onClose: () => void
  onInvited: (link: UserLink) => void
}

/** Who is invited, and what they may do. */
export function InviteDialog({ isOpen, onClose, onInvited }: InviteDialogProps) {
  const { t } = useTranslation('settings')
  const invite = useInviteUser()
  const [name, setName] = useState('')
  const [role, setRole] = useState<User['Role']>('MARKETER')
  return (
    <Dialog title={t('users.invite')} isOpen={isOpen} onClose={onClose}>
      <Form
        error={invite.error}
        onSubmit={(event) => {
          event.preventDefault()
          invite.mutate(
            { UserName: name.trim(), Role: role },
            {
              onSuccess: (link) => {
                setName('')
                onInvited(link)
              },
            },
          )
        }}
        buttons={
          <>
            <Button onClick={onClose}>{t('words:cancel')}</Button>
            <Button look="primary" type="submit" isBusy={invite.isPending} disabled={name.trim() === ''}>
              {t('users.makeLink')}
            </Button>
          </>
        }
      >
        <TextField label={t('users.name')} value={name} onChange={(event) => setName(event.target.value)} />
        <Choice
          label={t('users.role')}
          value={role}
          onChange={setRole}
          options={kInvitedRoles.map((value) => ({
            value,
            label: t(`role.${value}.name`),
            hint: t(`role.${value}.hint`),
          }))}
        />
      </Form>
    </Dialog>
  )
}

/** The one-time link, to be handed on. */
export function LinkDialog({ link, onClose }: { link: UserLink | null; onClose: () => void }) {
  const { t } = useTranslation('settings')
  const url = link ? `${location.origin}${link.Path}` : ''
  return (
    <Dialog
      title={t('users.linkTitle', { name: link?.User.UserName })}
      isOpen={link !== null}
      onClose={onClose}
    >
      {link && <Text>{t('users.linkHint', { until: formatMoment(link.ExpirationDate) })}</Text>}
      <CodeBlock label={t('users.linkLabel')}>{url}</CodeBlock>
      <Row justify="end">
        <Button onClick={() => void navigator.clipboard.writeText(url)}>{t('words:copy')}</Button>
        <Button look="primary" onClick={onClose}>
          {t('words:close')}
        </Button>
      </Row>
    </Dialog>
  )
}
