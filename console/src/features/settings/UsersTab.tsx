import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sessionQuery } from '@/api/session'
import {
  type User,
  type UserLink,
  useDeleteUser,
  usePasswordLink,
  usersQuery,
  useUpdateUser,
} from '@/api/users'
import { formatAgo } from '@/lib/format'
import { Badge, type BadgeTone } from '@/ui/Badge'
import { Button } from '@/ui/Button'
import { ConfirmDialog } from '@/ui/Dialog'
import { SelectField } from '@/ui/Field'
import { Row, Stack } from '@/ui/Layout'
import { Menu } from '@/ui/Menu'
import { EmptyState, ErrorState } from '@/ui/States'
import { List, Table } from '@/ui/Table'
import { InviteDialog, LinkDialog } from './InviteDialog'

const kRoles = ['ADMINISTRATOR', 'DEVELOPER', 'MARKETER', 'VIEWER'] as const
const kTones: Record<string, BadgeTone> = { ACTIVE: 'good', INVITED: 'accent', DISABLED: 'plain' }

/** Everybody who may log in, and what as. */
export function UsersTab() {
  const { t } = useTranslation('settings')
  const users = useQuery(usersQuery())
  const me = useQuery(sessionQuery()).data?.User?.Id
  const update = useUpdateUser()
  const remove = useDeleteUser()
  const makeLink = usePasswordLink()
  const [isInviting, setInviting] = useState(false)
  const [link, setLink] = useState<UserLink | null>(null)
  const [deleted, setDeleted] = useState<User | null>(null)
  const error = update.error ?? makeLink.error
  return (
    <Stack>
      <Row justify="end">
        <Button look="primary" onClick={() => setInviting(true)}>
          {t('users.invite')}
        </Button>
      </Row>
      {error && <ErrorState error={error} />}
      <List listing={users} empty={<EmptyState title={t('users.empty')} />}>
        {(all) => (
          <Table
            label={t('tab.users')}
            items={all}
            keyOf={({ Id }) => Id}
            columns={[
              { key: 'name', title: t('users.name'), cell: (user) => user.DisplayName || user.UserName },
              {
                key: 'role',
                title: t('users.role'),
                cell: (user) => (
                  <SelectField
                    label={t('users.roleOf', { name: user.UserName })}
                    isLabelHidden
                    value={user.Role}
                    disabled={user.Id === me}
                    onChange={(event) =>
                      update.mutate({ id: user.Id, Role: event.target.value as User['Role'] })
                    }
                    options={kRoles.map((role) => [role, t(`role.${role}.name`)])}
                  />
                ),
              },
              {
                key: 'status',
                title: t('words:status'),
                cell: (user) => (
                  <Badge tone={kTones[user.UserStatus] ?? 'plain'}>
                    {t(`users.status.${user.UserStatus}`)}
                  </Badge>
                ),
              },
              {
                key: 'seen',
                title: t('users.lastLogin'),
                cell: (user) => (user.LastLoginDate ? formatAgo(user.LastLoginDate) : t('users.never')),
              },
              {
                key: 'actions',
                title: t('words:actions'),
                cell: (user) =>
                  user.Id !== me && (
                    <Menu
                      label={`${user.UserName}: ${t('words:actions')}`}
                      items={[
                        {
                          label: t('users.link'),
                          onSelect: () => makeLink.mutate(user.Id, { onSuccess: setLink }),
                        },
                        {
                          label: user.UserStatus === 'DISABLED' ? t('users.enable') : t('users.disable'),
                          onSelect: () =>
                            update.mutate({ id: user.Id, Disabled: user.UserStatus !== 'DISABLED' }),
                        },
                        { label: t('words:delete'), isDangerous: true, onSelect: () => setDeleted(user) },
                      ]}
                    >
                      <span aria-hidden="true">⋯</span>
                    </Menu>
                  ),
              },
            ]}
          />
        )}
      </List>
      <InviteDialog
        isOpen={isInviting}
        onClose={() => setInviting(false)}
        onInvited={(invitation) => {
          setInviting(false)
          setLink(invitation)
        }}
      />
      <LinkDialog link={link} onClose={() => setLink(null)} />
      <ConfirmDialog
        title={t('users.deleteTitle', { name: deleted?.UserName })}
        consequence={t('users.deleteConsequence')}
        confirmLabel={t('words:delete')}
        isOpen={deleted !== null}
        onClose={() => setDeleted(null)}
        onConfirm={() => remove.mutateAsync(deleted?.Id ?? '')}
      />
    </Stack>
  )
}
