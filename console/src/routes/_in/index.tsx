import { createFileRoute } from '@tanstack/react-router'
import { appsQuery } from '@/api/apps'
import { AppList } from '@/features/apps/AppList'
import { PlainShell } from '@/features/shell/Shell'

export const Route = createFileRoute('/_in/')({
  loader: ({ context }) => void context.queryClient.prefetchQuery(appsQuery()),
  component: () => (
    <PlainShell>
      <AppList />
    </PlainShell>
  ),
})
