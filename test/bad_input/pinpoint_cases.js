// Wrong Pinpoint requests. `fails`: status, error name and what its message must say.

const none = '0'.repeat(32);
const put = (target, body) => ({ service: 'mobiletargeting', method: 'PUT', target, body });
const post = (target, body) => ({ service: 'mobiletargeting', method: 'POST', target, body });
const get = (target) => ({ service: 'mobiletargeting', target });
const remove = (target) => ({ service: 'mobiletargeting', method: 'DELETE', target });

const bad = (message) => [400, 'BadRequestException', message];
const unknown = (message) => [404, 'NotFoundException', message];
const unbuilt = (message) => [501, 'NotImplementedException', message];

export const bodies = [
  ['a body that is no JSON', () => post('/v1/apps', 'name=x'), bad(/Malformed JSON/)],
  ['a body that ends early', () => post('/v1/apps', '{"Name":"x"'), bad(/Malformed JSON/)],
  ['more than one document', () => post('/v1/apps', '{"Name":"x"}{}'), bad(/Malformed JSON/)],
  ['bytes that are no UTF-8', () => post('/v1/apps', Buffer.from([...Buffer.from('{"Name":"'), 0xff, 0x22, 0x7d])), bad(/Malformed JSON|UTF-8/)],
  ['a body nested too deep', () => post('/v1/apps', `{"Name":${'['.repeat(5000)}`), bad(/Malformed JSON/)],
  ['a list for an object', () => post('/v1/apps', '[]'), bad(/JSON object/)],
  ['no body', () => post('/v1/apps', ''), bad(/Name is required|CreateApplicationRequest is required/)],
  ['a missing member', () => post('/v1/apps', {}), bad(/Name is required/)],
  ['null for a required member', () => post('/v1/apps', { Name: null }), bad(/Name is required/)],
  ['an unknown member', () => post('/v1/apps', { Name: 'x', Title: 'y' }), bad(/Title is not a member/)],
  ['a member in the wrong case', () => post('/v1/apps', { name: 'x' }), bad(/name is not a member.*Name/)],
  ['a number for a string', () => post('/v1/apps', { Name: 7 }), bad(/Name must be a string/)],
  ['a string for a map', () => post('/v1/apps', { Name: 'x', tags: 'y' }), bad(/tags must be an object/)],
  ['a number in a map of strings', () => post('/v1/apps', { Name: 'x', tags: { y: 1 } }), bad(/tags.*must be a string/)],
];

export const endpoints = [
  ['an unknown endpoint', (w) => get(`/v1/apps/${w.app}/endpoints/none`), unknown(/Endpoint not found/)],
  ['an unknown application', () => get(`/v1/apps/${none}/endpoints/e1`), unknown(/Application not found/)],
  ['a write to an unknown application', () => put(`/v1/apps/${none}/endpoints/e1`, { Address: 'x' }), unknown(/Application not found/)],
  ['an unknown user', (w) => get(`/v1/apps/${w.app}/users/none`), unknown(/User not found/)],
  ['deleting an unknown endpoint', (w) => remove(`/v1/apps/${w.app}/endpoints/none`), unknown(/Endpoint not found/)],
  ['an unknown channel', (w) => put(`/v1/apps/${w.app}/endpoints/e1`, { ChannelType: 'PIGEON' }), bad(/ChannelType must be one of .*EMAIL/)],
  ['a string for a number', (w) => put(`/v1/apps/${w.app}/endpoints/e1`, { Location: { Latitude: 'north' } }), bad(/Location\.Latitude must be a number/)],
  ['a number in a list of strings', (w) => put(`/v1/apps/${w.app}/endpoints/e1`, { Attributes: { a: [1] } }), bad(/Attributes.*must be a string/)],
  ['an unknown inner member', (w) => put(`/v1/apps/${w.app}/endpoints/e1`, { User: { Id: 'u9' } }), bad(/User\.Id is not a member/)],
  ['a date that is none', (w) => put(`/v1/apps/${w.app}/endpoints/e1`, { EffectiveDate: 'yesterday' }), bad(/EffectiveDate/)],
  ['an id with a dollar', (w) => put(`/v1/apps/${w.app}/endpoints/a%24b`, { Address: 'x' }), bad(/endpoint id/)],
  ['a path that cannot be decoded', (w) => get(`/v1/apps/${w.app}/endpoints/%zz`), bad(/not well encoded/)],
  ['a batch of 101', (w) => put(`/v1/apps/${w.app}/endpoints`, { Item: Array.from({ length: 101 }, (_, i) => ({ Id: `b${i}` })) }), bad(/100/)],
  ['a batch with one item without Id', (w) => put(`/v1/apps/${w.app}/endpoints`, { Item: [{ Id: 'b1', Address: 'x' }, { Address: 'y' }] }), bad(/Id/)],
  ['a batch with one wrong item', (w) => put(`/v1/apps/${w.app}/endpoints`, { Item: [{ Id: 'b1', Address: 'x' }, { Id: 'b2', OptOut: 'MAYBE' }] }), bad(/Item\[1\]\.OptOut|OptOut/)],
  ['a batch without items', (w) => put(`/v1/apps/${w.app}/endpoints`, {}), bad(/Item is required/)],
];

const importing = (w, more) => post(`/v1/apps/${w.app}/jobs/import`, { Format: 'CSV', S3Url: 's3://project/endpoints.csv', RoleArn: 'arn:aws:iam::000000000000:role/x', DefineSegment: true, ...more });

export const imports = [
  ['an import without a format', (w) => post(`/v1/apps/${w.app}/jobs/import`, { S3Url: 's3://project/endpoints.csv', RoleArn: 'x' }), bad(/Format is required/)],
  ['an unknown format', (w) => importing(w, { Format: 'XML' }), bad(/Format must be one of CSV, JSON/)],
  ['a location that is none', (w) => importing(w, { S3Url: '/etc/passwd' }), bad(/S3Url/)],
  ['a location on the web', (w) => importing(w, { S3Url: 'http://example.org/a.csv' }), bad(/S3Url/)],
  ['an unknown bucket', (w) => importing(w, { S3Url: 's3://none-such/a.csv' }), bad(/S3Url.*none-such|none-such/)],
  ['an unknown key', (w) => importing(w, { S3Url: 's3://project/none.csv' }), bad(/s3:\/\/project\/none\.csv/)],
  ['a way out of the bucket', (w) => importing(w, { S3Url: 's3://project/../../keys' }), bad(/S3Url/)],
  ['a bucket of dots', (w) => importing(w, { S3Url: 's3://../project/endpoints.csv' }), bad(/S3Url/)],
  ['an empty file', (w) => importing(w, { S3Url: 's3://project/empty.csv' }), bad(/empty/)],
  ['an unknown column', (w) => importing(w, { S3Url: 's3://project/columns.csv' }), bad(/Adress/)],
  ['a table taken for JSON', (w) => importing(w, { Format: 'JSON', S3Url: 's3://project/table.json' }), bad(/JSON/)],
  ['an unknown segment to extend', (w) => importing(w, { SegmentId: none }), unknown(/Segment not found/)],
  ['a text for true or false', (w) => importing(w, { DefineSegment: 'yes' }), bad(/DefineSegment must be true or false/)],
  ['an unknown application', () => importing({ app: none }, {}), unknown(/Application not found/)],
  ['an unknown job', (w) => get(`/v1/apps/${w.app}/jobs/import/${none}`), unknown(/Import job not found/)],
];

const exporting = (w, more) => post(`/v1/apps/${w.app}/jobs/export`, { S3UrlPrefix: 's3://project/out', RoleArn: 'arn:aws:iam::000000000000:role/x', ...more });

export const exports = [
  ['an export without a place', (w) => exporting(w, { S3UrlPrefix: undefined }), bad(/S3UrlPrefix is required/)],
  ['an export without a role', (w) => exporting(w, { RoleArn: undefined }), bad(/RoleArn is required/)],
  ['a place that is none', (w) => exporting(w, { S3UrlPrefix: '/etc' }), bad(/S3UrlPrefix/)],
  ['a place on the web', (w) => exporting(w, { S3UrlPrefix: 'https://example.org/x' }), bad(/S3UrlPrefix/)],
  ['a place without a bucket', (w) => exporting(w, { S3UrlPrefix: 's3://' }), bad(/S3UrlPrefix/)],
  ['a bucket that is not there', (w) => exporting(w, { S3UrlPrefix: 's3://none-such/x' }), bad(/none-such/)],
  ['a way out of the bucket', (w) => exporting(w, { S3UrlPrefix: 's3://project/../../keys' }), bad(/S3UrlPrefix/)],
  ['a place too long for a key', (w) => exporting(w, { S3UrlPrefix: `s3://project/${'x'.repeat(2000)}` }), bad(/S3UrlPrefix/)],
  ['an unknown segment to export', (w) => exporting(w, { SegmentId: none }), unknown(/Segment not found/)],
  ['a version that is not there', (w) => exporting(w, { SegmentId: w.segment, SegmentVersion: 99 }), unknown(/Segment not found/)],
  ['a version below one', (w) => exporting(w, { SegmentId: w.segment, SegmentVersion: 0 }), bad(/SegmentVersion/)],
  ['a text for a version', (w) => exporting(w, { SegmentId: w.segment, SegmentVersion: 'last' }), bad(/SegmentVersion must be/)],
  ['a version of no segment', (w) => exporting(w, { SegmentVersion: 1 }), bad(/SegmentVersion/)],
  ['a format, which is an option of our own operation', (w) => exporting(w, { Format: 'PARQUET' }), bad(/Format is not a member/)],
  ['an export of an unknown application', () => exporting({ app: none }, {}), unknown(/Application not found/)],
  ['an unknown export', (w) => get(`/v1/apps/${w.app}/jobs/export/${none}`), unknown(/Export job not found/)],
  ['the exports of an unknown segment', (w) => get(`/v1/apps/${w.app}/segments/${none}/jobs/export`), unknown(/Segment not found/)],
  ['a page of exports that is none', (w) => get(`/v1/apps/${w.app}/jobs/export?page-size=0`), bad(/page-size/)],
];

const segment = (w, body) => post(`/v1/apps/${w.app}/segments`, body);

const groups = (...Groups) => ({ SegmentGroups: { Groups, Include: 'ALL' } });
const attribute = (AttributeType, ...Values) => ({ Dimensions: { Attributes: { Team: { AttributeType, Values } } } });
const point = (GPSPoint) => ({ Dimensions: { Location: { GPSPoint } } });
const center = { Latitude: 48.1, Longitude: 11.6 };
const many = (count, make) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, make(i)]));

/** A name, a definition, and the path of the member at fault. */
export const wrongDefinitions = [
  ['no values', () => attribute('INCLUSIVE'), 'Dimensions.Attributes["Team"].Values'],
  ['an unknown kind of attribute dimension', () => attribute('LIKE', 'x'), 'Dimensions.Attributes["Team"].AttributeType'],
  ['a number for a value', () => attribute('INCLUSIVE', 1), 'Dimensions.Attributes["Team"].Values[0]'],
  ['a date that is none', () => attribute('BEFORE', 'soon'), 'Dimensions.Attributes["Team"].Values[0]'],
  ['one date for BETWEEN', () => attribute('BETWEEN', '2020-01-01'), 'Dimensions.Attributes["Team"].Values'],
  ['a value that is too long', () => attribute('INCLUSIVE', 'x'.repeat(1001)), 'Dimensions.Attributes["Team"].Values[0]'],
  ['101 dimensions', () => ({ Dimensions: { Attributes: many(101, () => ({ Values: ['x'] })) } }), 'Dimensions.Attributes["a100"]'],
  ['101 dimensions over groups', () => groups({ Dimensions: [{ Metrics: many(100, () => ({ ComparisonOperator: 'EQUAL', Value: 1 })) }] }, { Dimensions: [{ Behavior: { Recency: { Duration: 'HR_24', RecencyType: 'ACTIVE' } } }] }), 'SegmentGroups.Groups[1].Dimensions[0].Behavior.Recency'],
  ['a circle without a center', () => point({ RangeInKilometers: 5 }), 'Dimensions.Location.GPSPoint.Coordinates'],
  ['a circle without a range', () => point({ Coordinates: center }), 'Dimensions.Location.GPSPoint.RangeInKilometers'],
  ['a circle of nothing', () => point({ Coordinates: center, RangeInKilometers: 0 }), 'Dimensions.Location.GPSPoint.RangeInKilometers'],
  ['a place off the map', () => point({ Coordinates: { ...center, Latitude: 90.5 }, RangeInKilometers: 5 }), 'Dimensions.Location.GPSPoint.Coordinates.Latitude'],
  ['an unknown duration', () => ({ Dimensions: { Behavior: { Recency: { Duration: 'DAY_1', RecencyType: 'ACTIVE' } } } }), 'Dimensions.Behavior.Recency.Duration'],
  ['an unknown combination', () => ({ SegmentGroups: { Groups: [], Include: 'SOME' } }), 'SegmentGroups.Include'],
  ['a version its source does not have', (w) => groups({ SourceSegments: [{ Id: w.everyone, Version: 9 }] }), 'SegmentGroups.Groups[0].SourceSegments[0].Version'],
  ['an imported source beside another', (w) => groups({ SourceSegments: [{ Id: w.everyone }, { Id: w.segment }] }), 'SegmentGroups.Groups[0].SourceSegments[1]'],
  ['a second group beside an imported one', (w) => groups({ SourceSegments: [{ Id: w.segment }] }, {}), 'SegmentGroups.Groups[1]'],
];

export const segments = [
  ['an unknown segment', (w) => get(`/v1/apps/${w.app}/segments/${none}`), unknown(/Segment not found/)],
  ['an unknown version', (w) => get(`/v1/apps/${w.app}/segments/${w.segment}/versions/99`), unknown(/Segment/)],
  ['a version that is none', (w) => get(`/v1/apps/${w.app}/segments/${w.segment}/versions/last`), bad(/Version/)],
  ['dimensions and groups at once', (w) => segment(w, { Dimensions: {}, SegmentGroups: { Groups: [], Include: 'ALL' } }), bad(/SegmentGroups/)],
  ['dimensions for an imported segment', (w) => put(`/v1/apps/${w.app}/segments/${w.segment}`, { Dimensions: {} }), bad(/imported segment/)],
  ...wrongDefinitions.map(([name, definition, path]) => [
    name,
    (w) => segment(w, definition(w)),
    bad(new RegExp(`^(WriteSegmentRequest\\.)?${path.replace(/[[\].]/g, '\\$&')} `)),
  ]),
  ['a circle', (w) => put(`/v1/apps/${w.app}/segments/${w.everyone}`, groups({ SourceSegments: [{ Id: w.everyone }] })), bad(/SourceSegments\[0\] leads back/)],
  ['a source that is not there', (w) => segment(w, { SegmentGroups: { Groups: [{ SourceSegments: [{ Id: none }] }], Include: 'ALL' } }), bad(/SourceSegments/)],
  ['an unknown comparison', (w) => segment(w, { Dimensions: { Metrics: { m: { ComparisonOperator: 'ABOUT', Value: 1 } } } }), bad(/ComparisonOperator/)],
  ['a comparison without its value', (w) => segment(w, { Dimensions: { Metrics: { m: { ComparisonOperator: 'EQUAL' } } } }), bad(/Value is required/)],
  ['a page size that is none', (w) => get(`/v1/apps/${w.app}/segments?page-size=many`), bad(/page-size/)],
  ['a token that no list gave', (w) => get(`/v1/apps/${w.app}/segments?token=abc`), bad(/token/)],
];

const template = (name, body) => post(`/v1/templates/${name}/email`, body);

export const templates = [
  ['a template that exists', () => template('welcome', { Subject: 'x', TextPart: 'y' }), [400, /BadRequestException|MethodNotAllowedException/, /welcome/]],
  ['a name with blanks', () => template('so%20long', { Subject: 'x', TextPart: 'y' }), bad(/template name/)],
  ['a template that does not end', () => template('open', { Subject: 'x', TextPart: 'Hello {{#if User}}' }), bad(/TextPart|if/)],
  ['an unknown helper', () => template('helper', { Subject: 'x', TextPart: 'Hello {{shout User.UserId}}' }), bad(/shout/)],
  ['default substitutions that are no JSON', () => template('defaults', { Subject: 'x', TextPart: 'y', DefaultSubstitutions: '{' }), bad(/DefaultSubstitutions/)],
  ['an unknown template', () => get('/v1/templates/none/email'), unknown(/Template not found/)],
  ['an unknown version', () => get('/v1/templates/welcome/email?version=9'), unknown(/version/i)],
];

const campaign = (w, more) =>
  post(`/v1/apps/${w.app}/campaigns`, {
    Name: 'c',
    SegmentId: w.segment,
    Schedule: { StartTime: 'IMMEDIATE' },
    TemplateConfiguration: { EmailTemplate: { Name: 'welcome' } },
    ...more,
  });

export const campaigns = [
  ['a campaign without a segment', (w) => campaign(w, { SegmentId: undefined }), bad(/SegmentId/)],
  ['a campaign to an unknown segment', (w) => campaign(w, { SegmentId: none }), [/^40[04]$/, /BadRequest|NotFound/, /[Ss]egment/]],
  ['a campaign with an unknown template', (w) => campaign(w, { TemplateConfiguration: { EmailTemplate: { Name: 'none' } } }), [/^40[04]$/, /BadRequest|NotFound/, /[Tt]emplate/]],
  ['a campaign without a schedule', (w) => campaign(w, { Schedule: undefined }), bad(/Schedule/)],
  ['a campaign without a message', (w) => campaign(w, { TemplateConfiguration: undefined }), bad(/MessageConfiguration/)],
  ['a start that is no time', (w) => campaign(w, { Schedule: { StartTime: 'soon' } }), bad(/Schedule\.StartTime/)],
  ['a schedule without a start', (w) => campaign(w, { Schedule: { Frequency: 'ONCE' } }), bad(/StartTime is required/)],
  ['an unknown frequency', (w) => campaign(w, { Schedule: { StartTime: 'IMMEDIATE', Frequency: 'OFTEN' } }), bad(/Frequency must be one of/)],
  ['a holdout of more than everybody', (w) => campaign(w, { HoldoutPercent: 101 }), bad(/HoldoutPercent/)],
  ['a text for a whole number', (w) => campaign(w, { HoldoutPercent: '5' }), bad(/HoldoutPercent must be/)],
  ['an unknown campaign', (w) => get(`/v1/apps/${w.app}/campaigns/${none}`), unknown(/Campaign not found/i)],
  ['the activities of an unknown campaign', (w) => get(`/v1/apps/${w.app}/campaigns/${none}/activities`), unknown(/Campaign not found/i)],
  ['an unknown KPI', (w) => get(`/v1/apps/${w.app}/campaigns/${none}/kpis/daterange/happiness`), [/^40[04]$/, /BadRequest|NotFound/, /./]],
];

export const routes = [
  ['a path that no service has', () => get('/v1/nothing'), [404, /NotFound|UnknownOperation/, /./]],
  ['a method the path does not have', () => ({ service: 'mobiletargeting', method: 'PATCH', target: '/v1/apps' }), [405, /MethodNotAllowed/, /./]],
  ['an operation that is not built', (w) => get(`/v1/apps/${w.app}/journeys`), unbuilt(/./)],
  ['an unknown application to read', () => get(`/v1/apps/${none}`), unknown(/Application not found/)],
  ['an unknown application to delete', () => remove(`/v1/apps/${none}`), unknown(/Application not found/)],
  ['tags of what is no ARN', () => get('/v1/tags/nonsense'), bad(/ARN/)],
];
