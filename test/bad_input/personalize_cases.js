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
  ['a campaign of an unknown version', () => call('CreateCampaign', { name: 'x', solutionVersionArn: arn('solution/x/12345678') }), unknown()],
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

const role = 'arn:aws:iam::000000000000:role/import';
const exporting = (destination, more) => call('CreateDatasetExportJob', { jobName: 'wrong', datasetArn: interactions, roleArn: role, jobOutput: { s3DataDestination: destination }, ...more });
const filter = (w, filterExpression) => call('CreateFilter', { name: 'wrong', datasetGroupArn: w.group.arn, filterExpression });
const attribution = (w, expression) => call('CreateMetricAttribution', { name: 'wrong', datasetGroupArn: w.group.arn, metrics: [{ eventType: 'watch', metricName: 'm', expression }], metricsOutputConfig: { roleArn: role } });

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
  ['an export without a bucket', () => exporting({ path: 's3:///x/' }), bad(/Invalid S3 output path/)],
  ['an export to what is no location', () => exporting({ path: '/tmp/x' }), bad(/path must match/)],
  ['an export in an unknown mode', () => exporting({ path: 's3://films-films/x/' }, { ingestionMode: 'SOME' }), bad(/ingestionMode must be one of/)],
  ['a deletion from what is no location', (w) => call('CreateDataDeletionJob', { jobName: 'wrong', datasetGroupArn: w.group.arn, dataSource: { dataLocation: 'users.csv' }, roleArn: role }), bad(/dataLocation/)],
  ['a filter that cannot be read', (w) => filter(w, 'INCLUDE ItemID WHERE'), bad(/Invalid Expression: it needs the name of a data set/)],
  ['a filter of an unknown column', (w) => filter(w, 'INCLUDE ItemID WHERE Interactions.PRICE < 3'), bad(/INTERACTIONS has no column PRICE/)],
  ['a filter of a dataset that is not there', (w) => filter(w, 'INCLUDE UserID WHERE Users.AGE < 3'), bad(/no dataset USERS/)],
  ['a filter that compares a text with <', (w) => filter(w, 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE < 3'), bad(/compare numbers/)],
  ['a filter of 2,501 characters', (w) => filter(w, `INCLUDE ItemID WHERE Items.GENRES IN ("${'x'.repeat(2500)}")`), bad(/filterExpression must have at most 2500/)],
  ['an attribution of an unknown sum', (w) => attribution(w, 'SUM(Interactions.EVENT_TYPE)'), bad(/numbers in INTERACTIONS/)],
  ['an attribution that cannot be read', (w) => attribution(w, 'COUNT(*)'), bad(/SAMPLECOUNT/)],
  ['a batch job of an unknown version', () => call('CreateBatchSegmentJob', { jobName: 'wrong', solutionVersionArn: arn('solution/none/12345678'), jobInput: { s3DataSource: { path: 's3://films-films/q.json' } }, jobOutput: { s3DataDestination: { path: 's3://films-films/out/' } }, roleArn: 'arn:aws:iam::000000000000:role/import' }), unknown()],
];

const post = (target, body) => ({ service: 'personalize', method: 'POST', target, body });
const sentAt = 1_700_000_000;
const events = (body) => post('/events', { trackingId: 'none', sessionId: 's', eventList: [{ eventType: 'watch', sentAt }], ...body });

export const serving = [
  ['recommendations by nothing', () => post('/recommendations', { userId: 'u' }), bad(/campaignArn|recommenderArn/)],
  ['recommendations of an unknown campaign', () => post('/recommendations', { campaignArn: arn('campaign/none'), userId: 'u' }), [404, 'ResourceNotFoundException', /campaign\/none/]],
  ['recommendations of an unknown recommender', () => post('/recommendations', { recommenderArn: arn('recommender/none'), userId: 'u' }), [404, 'ResourceNotFoundException', /recommender\/none/]],
  ['a ranking of nothing', () => post('/personalize-ranking', { campaignArn: arn('campaign/none'), userId: 'u' }), bad(/inputList is required/)],
  ['actions of an unknown campaign', () => post('/action-recommendations', { campaignArn: arn('campaign/none'), userId: 'u' }), [404, 'ResourceNotFoundException', /campaign\/none/]],
  ['events of an unknown tracker', () => events({}), bad(/tracking/i)],
  ['events without a session', () => events({ sessionId: undefined }), bad(/sessionId is required/)],
  ['no events', () => events({ eventList: [] }), bad(/eventList must have at least 1/)],
  ['eleven events', () => events({ eventList: Array(11).fill({ eventType: 'watch', sentAt }) }), bad(/eventList must have at most 10/)],
  ['items of an unknown dataset', () => post('/items', { datasetArn: arn('dataset/none/ITEMS'), items: [{ itemId: 'i' }] }), [404, 'ResourceNotFoundException', /dataset\/none/]],
  ['items in a dataset of interactions', () => post('/items', { datasetArn: interactions, items: [{ itemId: 'i' }] }), bad(/./)],
];
