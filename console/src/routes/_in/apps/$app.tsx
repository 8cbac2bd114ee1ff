import { createFileRoute, Outlet } from '@tanstack/react-router'
import { appQuery } from '@/api/apps'
import { Shell } from '@/features/shell/Shell'

export const Route = createFileRoute('/_in/apps/$app')({
  loader: ({ context, params }) => context.queryClient.ensureQueryData(appQuery(params.app)),
  component: () => (
    <Shell app={Route.useParams().app}>
      <Outlet />
    </Shell>
  ),
})
