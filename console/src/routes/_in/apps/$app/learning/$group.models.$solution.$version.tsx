import { useQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { datasetGroupsQuery, neighbourArn } from '@/api/datasets'
import { ModelPage } from '@/features/learning/ModelPage'
import { Loaded } from '@/ui/Loaded'

export const Route = createFileRoute('/_in/apps/$app/learning/$group/models/$solution/$version')({
  component: () => {
    const { solution, version } = Route.useParams()
    const groups = useQuery(datasetGroupsQuery())
    return (
      <Loaded query={groups}>
        {([first]) => (
          <ModelPage
            arn={neighbourArn(first?.datasetGroupArn ?? '', `solution/${solution}/${version}`)}
            name={solution}
          />
        )}
      </Loaded>
    )
  },
})
