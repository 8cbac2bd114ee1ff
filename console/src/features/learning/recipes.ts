/** The recipes the console offers, the one most ask for first. Each has a sentence in the messages. */
export const kRecipes = [
  'aws-user-personalization-v2',
  'aws-item-affinity',
  'aws-item-attribute-affinity',
  'aws-similar-items',
  'aws-personalized-ranking-v2',
  'aws-next-best-action',
  'aws-semantic-similarity',
  'aws-popularity-count',
  'aws-trending-now',
] as const
export type RecipeName = (typeof kRecipes)[number]

export function recipeArn(name: RecipeName): string {
  return `arn:aws:personalize:::recipe/${name}`
}

export function recipeNameOf(arn: string | undefined): string {
  return arn?.slice(arn.lastIndexOf('/') + 1) ?? ''
}

/** What a recipe's models are asked for. Segment recipes answer in batches alone. */
export function asksFor(recipe: string): 'items' | 'actions' | 'segments' {
  if (recipe.includes('affinity')) return 'segments'
  return recipe === 'aws-next-best-action' ? 'actions' : 'items'
}

/** Whether a question names an item instead of (or beside) a user. */
export function isAboutItem(recipe: string): boolean {
  return /similar|sims|semantic|more-like|because-you|also-viewed|bought-together/.test(recipe)
}
