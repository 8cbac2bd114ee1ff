import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useTrain } from '@/api/models'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { CheckBox, Choice, TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { kRecipes, type RecipeName, recipeArn } from './recipes'
import { resourceName } from './schema'

/** What is to be learned, in a sentence each, and the name for it. */
export function TrainDialog({
  groupArn,
  isOpen,
  onClose,
}: {
  groupArn: string
  isOpen: boolean
  onClose: () => void
}) {
  const { t } = useTranslation('learning')
  const train = useTrain()
  const [recipe, setRecipe] = useState<RecipeName>(kRecipes[0])
  const [name, setName] = useState('')
  const [isTuned, setTuned] = useState(false)
  const usedName = resourceName(name) || recipe.replace('aws-', '')
  return (
    <Dialog title={t('models.train')} isOpen={isOpen} onClose={onClose}>
      <Form
        error={train.error}
        isChanged={name !== '' || isTuned || recipe !== kRecipes[0]}
        onSubmit={(event) => {
          event.preventDefault()
          train.mutate(
            { groupArn, name: usedName, recipeArn: recipeArn(recipe), isTuned },
            { onSuccess: onClose },
          )
        }}
        buttons={
          <>
            <Button onClick={onClose}>{t('words:cancel')}</Button>
            <Button look="primary" type="submit" isBusy={train.isPending}>
              {t('train.start')}
            </Button>
          </>
        }
      >
        <Choice
          label={t('train.what')}
          value={recipe}
          onChange={setRecipe}
          options={kRecipes.map((value) => ({
            value,
            label: t(`recipe.${value}.name`),
            hint: t(`recipe.${value}.sentence`),
          }))}
        />
        <TextField
          label={t('words:name')}
          placeholder={usedName}
          value={name}
          isOptional
          onChange={(event) => setName(event.target.value)}
        />
        <CheckBox
          label={t('train.tune')}
          hint={t('train.tuneHint')}
          checked={isTuned}
          onChange={(event) => setTuned(event.target.checked)}
        />
      </Form>
    </Dialog>
  )
}
