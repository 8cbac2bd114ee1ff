// Wrong Personalize requests. `fails`: status, error name and what its message must say.

const call = (operation, body) => ({ service: 'personalize', method: 'POST', operation, body });
const arn = (rest) => `arn:aws:personalize:us-east-1:000000000000:${rest}`;
const bad = (message) => [400, 'InvalidInputException', message];
const unknown = (message = /does not exist/) => [400, 'ResourceNotFoundException', message];
const exists = [400, 'ResourceAlreadyExistsException', /already exists/];

export const bodies = [
  ['a body that is no JSON', () => call('CreateSchema', '{'), [400, /InvalidInputException|SerializationException/, /Malformed JSON/]],
  ['a missing member', () => call('CreateDatasetGroup', {}), bad(/name is required/)],
  ['an unknown member', () => call('CreateDatasetGroup', { name: 'x', nmae: 'y' }), bad(/nmae is not a member/)],
  ['a number for a string', () => call('CreateDatasetGroup', { name: 7 }), bad(/name must be a string/)],
  ['a name with blanks', () => call('CreateDatasetGroup', { name: 'so long' }), bad(/name must match/)],
  ['a name of 64 characters', () => call('CreateDatasetGroup', { name: 'n'.repeat(64) }), bad(/name must have at most 63/)],
  ['a name that is taken', () => call('CreateDatasetGroup', { name: 'films' }), exists],
  ['an operation that no service has', () => call('CreateMiracle', {}), [/^40[04]$/, /UnknownOperation/, /./]],
  ['an operation that is not built', () => call('CreateCampaign', { name: 'x', solutionVersionArn: arn('solution/x/12345678') }), [501, 'NotImplementedException', /CreateCampaign/]],
];

const schema = (fields) => ({ type: 'record', name: 'Items', namespace: 'com.amazonaws.personalize.schema', fields, version: '1.0' });
const itemId = { name: 'ITEM_ID', type: 'string' };
const creating = (text) => call('CreateSchema', { name: 'wrong', schema: typeof text === 'string' ? text : JSON.stringify(text) });

export const data = [
  ['a schema that is no JSON', () => creating('{"type":'), bad(/schema/)],
  ['a schema without fields', () => creating({ type: 'record', name: 'Items' }), bad(/fields/)],
  ['a schema with a field twice', () => creating(schema([itemId, itemId])), bad(/ITEM_ID/)],
  ['a schema with an unknown type', () => creating(schema([itemId, { name: 'GENRES', type: 'text' }])), bad(/GENRES|text/)],
  ['a schema that fits no dataset', (w) => call('CreateDataset', { name: 'x', datasetGroupArn: w.group.arn, datasetType: 'Interactions', schemaArn: arn('schema/unused') }), bad(/schema/)],
  ['an unknown dataset type', (w) => call('CreateDataset', { name: 'x', datasetGroupArn: w.group.arn, datasetType: 'Weather', schemaArn: arn('schema/unused') }), bad(/dataset ?type/i)],
  ['a dataset of an unknown group', () => call('CreateDataset', { name: 'x', datasetGroupArn: arn('dataset-group/none'), datasetType: 'Items', schemaArn: arn('schema/unused') }), unknown()],
  ['a dataset of an unknown schema', (w) => call('CreateDataset', { name: 'x', datasetGroupArn: w.group.arn, datasetType: 'Items', schemaArn: arn('schema/none') }), unknown()],
  ['a second dataset of a type', (w) => call('CreateDataset', { name: 'x', datasetGroupArn: w.group.arn, datasetType: 'Interactions', schemaArn: arn('schema/films-Interactions') }), exists],
  ['what is no ARN', () => call('DescribeDatasetGroup', { datasetGroupArn: 'films' }), bad(/datasetGroupArn must match/)],
  ['an unknown group', () => call('DescribeDatasetGroup', { datasetGroupArn: arn('dataset-group/none') }), unknown()],
  ['deleting an unknown schema', () => call('DeleteSchema', { schemaArn: arn('schema/none') }), unknown()],
  ['deleting a schema in use', () => call('DeleteSchema', { schemaArn: arn('schema/films-Interactions') }), [400, 'ResourceInUseException', /in use/]],
  ['deleting a group in use', (w) => call('DeleteDatasetGroup', { datasetGroupArn: w.group.arn }), [400, 'ResourceInUseException', /in use/]],
  ['a token that no list gave', () => call('ListSchemas', { nextToken: 'nonsense' }), [400, 'InvalidNextTokenException', /token/]],
  ['a page of 101', () => call('ListSchemas', { maxResults: 101 }), bad(/maxResults must be at most 100/)],
];

const interactions = arn('dataset/films/INTERACTIONS');
const importing = (more) => call('CreateDatasetImportJob', { jobName: 'wrong', datasetArn: interactions, dataSource: { dataLocation: 's3://films-films/interactions.csv' }, roleArn: 'arn:aws:iam::000000000000:role/import', ...more });
const solution = (more) => call('CreateSolution', { name: 'wrong', datasetGroupArn: 'group', recipeArn: 'arn:aws:personalize:::recipe/aws-item-attribute-affinity', ...more });

export const learning = [
  ['an import into an unknown dataset', () => importing({ datasetArn: arn('dataset/none/ITEMS') }), unknown()],
  ['an import from what is no location', () => importing({ dataSource: { dataLocation: '/etc/passwd' } }), bad(/dataLocation/)],
  ['an import from outside', () => importing({ dataSource: { dataLocation: 's3://../../keys' } }), bad(/[Ll]ocation/)],
  ['an import without a name', () => importing({ jobName: undefined }), bad(/jobName is required/)],
  ['an import in an unknown mode', () => importing({ importMode: 'TWICE' }), bad(/importMode must be one of/)],
  ['a solution of an unknown group', () => solution({ datasetGroupArn: arn('dataset-group/none') }), unknown()],
  ['a solution of an unknown recipe', (w) => solution({ datasetGroupArn: w.group.arn, recipeArn: 'arn:aws:personalize:::recipe/aws-magic' }), [400, /ResourceNotFoundException|InvalidInputException/, /recipe/i]],
  ['an unknown hyperparameter', (w) => solution({ datasetGroupArn: w.group.arn, solutionConfig: { algorithmHyperParameters: { magic: '9' } } }), bad(/magic/)],
  ['a version of an unknown solution', () => call('CreateSolutionVersion', { solutionArn: arn('solution/none') }), unknown()],
  ['metrics of an unknown version', () => call('GetSolutionMetrics', { solutionVersionArn: arn('solution/none/12345678') }), unknown()],
  ['a batch job of an unknown version', () => call('CreateBatchSegmentJob', { jobName: 'wrong', solutionVersionArn: arn('solution/none/12345678'), jobInput: { s3DataSource: { path: 's3://films-films/q.json' } }, jobOutput: { s3DataDestination: { path: 's3://films-films/out/' } }, roleArn: 'arn:aws:iam::000000000000:role/import' }), unknown()],
];
