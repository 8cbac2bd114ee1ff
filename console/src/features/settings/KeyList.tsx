import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatMoment } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Card'
import { ConfirmDialog } from '@/ui/Dialog'
import { EmptyState } from '@/ui/States'
import { type Column, List, type Listing, Table } from '@/ui/Table'
import { Code } from '@/ui/Text'

/** Keys of one kind: the form that makes one, and those there are, each of which can be deleted. */
export function KeyList<Key extends { Note?: string; CreationDate: string }>({
  title,
  hint,
  form,
  keys,
  idOf,
  columns,
  onDelete,
}: {
  title: string
  hint: string
  form: ReactNode
  keys: Listing<Key>
  idOf: (key: Key) => string
  /** What this kind of key has beside its id, note and day. */
  columns: readonly Column<Key>[]
  onDelete: (id: string) => Promise<unknown>
}) {
  const { t } = useTranslation('settings')
  const [deleted, setDeleted] = useState<string | null>(null)
  return (
    <Card title={title} hint={hint}>
      {form}
      <List listing={keys} empty={<EmptyState title={t('keys.none')} />}>
        {(all) => (
          <Table
            label={title}
            items={all}
            keyOf={idOf}
            columns={[
              { key: 'id', title: t('keys.id'), cell: (key) => <Code>{idOf(key)}</Code> },
              { key: 'note', title: t('keys.note'), cell: (key) => key.Note },
              ...columns,
              { key: 'created', title: t('words:created'), cell: (key) => formatMoment(key.CreationDate) },
              {
                key: 'actions',
                title: t('words:actions'),
                cell: (key) => (
                  <Button
                    look="quiet"
                    aria-label={t('keys.deleteOf', { key: idOf(key) })}
                    onClick={() => setDeleted(idOf(key))}
                  >
                    {t('words:delete')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </List>
      <ConfirmDialog
        title={t('keys.deleteOf', { key: deleted })}
        consequence={t('keys.deleteConsequence')}
        confirmLabel={t('words:delete')}
        isOpen={deleted !== null}
        onClose={() => setDeleted(null)}
        onConfirm={() => onDelete(deleted ?? '')}
      />
    </Card>
  )
}
