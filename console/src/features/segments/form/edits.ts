import { type Block, type Condition, type Definition, type Group, newBlock, newGroup, newId } from './state'

/** Changes of the form, each a new definition. */

export function changeGroup(definition: Definition, id: string, change: Partial<Group>): Definition {
  return {
    ...definition,
    groups: definition.groups.map((group) => (group.id === id ? { ...group, ...change } : group)),
  }
}

export function addGroup(definition: Definition): Definition {
  return { ...definition, groups: [...definition.groups, newGroup()] }
}

export function removeGroup(definition: Definition, id: string): Definition {
  return { ...definition, groups: definition.groups.filter((group) => group.id !== id) }
}

function changeBlocks(definition: Definition, change: (blocks: Block[]) => Block[]): Definition {
  return {
    ...definition,
    groups: definition.groups.map((group) =>
      group.blocks ? { ...group, blocks: change(group.blocks) } : group,
    ),
  }
}

export function changeCondition(definition: Definition, condition: Condition): Definition {
  return changeBlocks(definition, (blocks) =>
    blocks.map((block) => ({
      ...block,
      conditions: block.conditions.map((one) => (one.id === condition.id ? condition : one)),
    })),
  )
}

/** Without the condition, and without its block when nothing else is in it. */
export function removeCondition(definition: Definition, id: string): Definition {
  return changeBlocks(definition, (blocks) =>
    blocks
      .map((block) => ({ ...block, conditions: block.conditions.filter((one) => one.id !== id) }))
      .filter((block, index) => block.conditions.length > 0 || blocks[index]?.conditions.length === 0),
  )
}

/** Adds the condition to a block, or as a block of its own. */
export function addCondition(
  definition: Definition,
  place: { group: string; block?: string },
  condition: Condition,
): Definition {
  return {
    ...definition,
    groups: definition.groups.map((group) => {
      if (group.id !== place.group) return group
      const blocks = group.blocks ?? []
      if (!place.block) return { ...group, blocks: [...blocks, newBlock(condition)] }
      return {
        ...group,
        blocks: blocks.map((block) =>
          block.id === place.block ? { ...block, conditions: [...block.conditions, condition] } : block,
        ),
      }
    }),
  }
}

export function addSource(definition: Definition, groupId: string, segment: string): Definition {
  const group = definition.groups.find(({ id }) => id === groupId)
  return changeGroup(definition, groupId, { sources: [...(group?.sources ?? []), { id: newId(), segment }] })
}

export function removeSource(definition: Definition, id: string): Definition {
  return {
    ...definition,
    groups: definition.groups.map((group) =>
      group.sources ? { ...group, sources: group.sources.filter((source) => source.id !== id) } : group,
    ),
  }
}
