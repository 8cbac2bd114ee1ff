// Wrong requests to Rapport's own operations on segments and expiries.

import { wrongDefinitions } from './pinpoint_cases.js';

const none = '0'.repeat(32);
const own = (w, method, path, body) => ({ service: 'rapport', method, target: `/rapport/v1/apps/${w.app}${path}`, body });
const get = (w, path) => own(w, 'GET', path);
const post = (w, path, body) => own(w, 'POST', path, body);
const put = (w, path, body) => own(w, 'PUT', path, body);

const bad = (message) => [400, 'BadRequestException', message];
const unknown = (message) => [404, 'NotFoundException', message];
const noSegment = unknown(/Segment not found/);
const elsewhere = (w) => ({ ...w, app: none });
const ofNone = (path) => (w) => get(w, `/segments/${none}${path}`);
const of = (path) => (w) => get(w, `/segments/${w.segment}${path}`);

export const questions = [
  ['the size of an unknown segment', ofNone('/size'), noSegment],
  ['the size of an unknown version', of('/size?version=9'), noSegment],
  ['the size of a version that is none', of('/size?version=last'), bad(/SegmentVersion must be a whole number/)],
  ['the size in an unknown application', (w) => get(elsewhere(w), `/segments/${w.segment}/size`), unknown(/Application not found/)],
  ['members of an unknown segment', ofNone('/members'), noSegment],
  ['members by a content that is none', of('/members?content=NAMES'), bad(/Content must be one of ENDPOINTS, IDS/)],
  ['members by a token that no list gave', of('/members?token=abc'), bad(/token/)],
  ['members by a page size that is none', of('/members?page-size=0'), bad(/page-size/)],
  ['a sample of an unknown segment', ofNone('/sample'), noSegment],
  ['a sample of nobody', of('/sample?size=0'), bad(/Size must be at least 1/)],
  ['a sample that is too large', of('/sample?size=1001'), bad(/Size must be at most 1000/)],
  ['a sample by a seed below zero', of('/sample?seed=-1'), bad(/Seed must be at least 0/)],
  ['an explanation in an unknown segment', ofNone('/members/e1/explanation'), noSegment],
  ['an explanation of nobody', of('/members/none/explanation'), unknown(/Endpoint not found/)],
  ['an explanation of nobody in a definition', (w) => post(w, '/segment-preview/explanation', { EndpointId: 'none', Dimensions: {} }), unknown(/Endpoint not found/)],
  ['an explanation without an endpoint', (w) => post(w, '/segment-preview/explanation', {}), bad(/EndpointId is required/)],
  ['facets of an unknown segment', ofNone('/facets?field=ChannelType'), noSegment],
  ['facets of nothing', of('/facets'), bad(/Fields is required/)],
  ['facets of what has none', of('/facets?field=Address'), bad(/Facets are of .*not of Address/)],
  ['too many facets', of(`/facets?${'field=ChannelType&'.repeat(21)}`), bad(/Fields must have at most 20/)],
  ['no values of a facet', of('/facets?field=ChannelType&limit=0'), bad(/Limit must be at least 1/)],
  ...wrongDefinitions.map(([name, definition, path]) => [
    `a preview with ${name}`,
    (w) => post(w, '/segment-preview', definition(w)),
    bad(new RegExp(`^(SegmentPreviewRequest\\.)?${path.replace(/[[\].]/g, '\\$&')} `)),
  ]),
  ['a preview of dimensions and groups at once', (w) => post(w, '/segment-preview', { Dimensions: {}, SegmentGroups: {} }), bad(/^SegmentGroups cannot stand beside Dimensions/)],
  ['a preview in an unknown application', (w) => post(elsewhere(w), '/segment-preview', {}), unknown(/Application not found/)],
  ['an overlap of one', (w) => post(w, '/segment-overlap', { Segments: [{ Id: w.segment }] }), bad(/Segments must have at least 2/)],
  ['an overlap of nine', (w) => post(w, '/segment-overlap', { Segments: Array.from({ length: 9 }, () => ({ Id: w.segment })) }), bad(/Segments must have at most 8/)],
  ['an overlap with an unknown segment', (w) => post(w, '/segment-overlap', { Segments: [{ Id: w.segment }, { Id: none }] }), noSegment],
];

const sets = (w, more) => post(w, '/segment-sets', { Operation: 'UNION', Segments: [{ Id: w.segment }, { Id: w.everyone }], ...more });

export const making = [
  ['an unknown set operation', (w) => sets(w, { Operation: 'PRODUCT' }), bad(/Operation must be one of/)],
  ['a set of one segment', (w) => sets(w, { Segments: [{ Id: w.segment }] }), bad(/Segments must have at least 2/)],
  ['a set with an unknown segment', (w) => sets(w, { Segments: [{ Id: w.segment }, { Id: none }] }), bad(/SourceSegments\[1\]\.Id names a segment that does not exist/)],
  ['a set with no time to live', (w) => sets(w, { TimeToLiveSeconds: 0 }), bad(/TimeToLiveSeconds must be at least 1/)],
  ['a set with an empty tag', (w) => sets(w, { tags: { '': 'x' } }), bad(/tag/)],
  ['a snapshot of an unknown segment', (w) => post(w, `/segments/${none}/snapshot`, {}), noSegment],
  ['a snapshot of an unknown version', (w) => post(w, `/segments/${w.segment}/snapshot`, { SegmentVersion: 9 }), noSegment],
  ['appending to an unknown segment', (w) => post(w, `/segments/${none}/members`, { EndpointIds: ['e1'] }), noSegment],
  ['appending to a dimensional segment', (w) => post(w, `/segments/${w.everyone}/members`, { EndpointIds: ['e1'] }), bad(/Only an imported segment/)],
  ['appending what is no endpoint id', (w) => post(w, `/segments/${w.segment}/members`, { EndpointIds: ['a$b'] }), bad(/endpoint id/)],
  ['appending 10,001 users', (w) => post(w, `/segments/${w.segment}/members`, { UserIds: Array.from({ length: 10_001 }, () => 'u') }), bad(/UserIds must have at most 10000/)],
  ['appending a number', (w) => post(w, `/segments/${w.segment}/members`, { UserIds: [1] }), bad(/UserIds\[0\] must be a string/)],
];

const expiring = ['segments', 'campaigns'].flatMap((kind) => {
  const path = `/${kind}/${none}/expiry`;
  const gone = unknown(/(Segment|Campaign) not found/);
  return [
    [`the expiry of unknown ${kind}`, (w) => get(w, path), gone],
    [`an expiry for unknown ${kind}`, (w) => put(w, path, { TimeToLiveSeconds: 9 }), gone],
    [`dropping the expiry of unknown ${kind}`, (w) => own(w, 'DELETE', path), gone],
  ];
});
const expiry = (body) => (w) => put(w, `/segments/${w.segment}/expiry`, body);

export const expiries = [
  ...expiring,
  ['an expiry without a time', expiry({}), bad(/Give either ExpirationDate or TimeToLiveSeconds/)],
  ['an expiry with two times', expiry({ TimeToLiveSeconds: 9, ExpirationDate: '2099-01-01' }), bad(/Give either/)],
  ['an expiry that is past', expiry({ ExpirationDate: '2020-01-01T00:00:00Z' }), bad(/ExpirationDate must be in the future/)],
  ['an expiry that is no date', expiry({ ExpirationDate: 'tomorrow' }), bad(/ExpirationDate must be a date/)],
  ['an expiry in no time', expiry({ TimeToLiveSeconds: 0 }), bad(/TimeToLiveSeconds must be at least 1/)],
  ['the expiry of what does not expire', of('/expiry'), unknown(/has no expiry/)],
];
