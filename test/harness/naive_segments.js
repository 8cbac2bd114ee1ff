// Who is in a segment, written straight from the documented rules, and people to ask it of.

import { seeded } from './random.js';

const day = 86_400_000;
const durations = { HR_24: 1, DAY_7: 7, DAY_14: 14, DAY_30: 30 };
const pushChannels = ['GCM', 'APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'ADM', 'BAIDU'];
const earthRadius = 6371.0088;

const combine = {
  ALL: (verdicts) => verdicts.every(Boolean),
  ANY: (verdicts) => verdicts.length === 0 || verdicts.some(Boolean),
  NONE: (verdicts) => !verdicts.some(Boolean),
};

const attributeTests = {
  INCLUSIVE: (values, listed) => values.some((value) => listed.includes(value)),
  EXCLUSIVE: (values, listed) => !values.some((value) => listed.includes(value)),
  CONTAINS: (values, listed) => values.some((value) => listed.some((text) => value.includes(text))),
  BEFORE: (values, [date]) => values.some((value) => Date.parse(value) < Date.parse(date)),
  AFTER: (values, [date]) => values.some((value) => Date.parse(value) > Date.parse(date)),
  ON: (values, [date]) => values.some((value) => Math.floor(Date.parse(value) / day) === Math.floor(Date.parse(date) / day)),
  BETWEEN: (values, [from, to]) =>
    values.some((value) => Date.parse(value) >= Date.parse(from) && Date.parse(value) <= Date.parse(to)),
};

const comparisons = {
  GREATER_THAN: (value, bound) => value > bound,
  LESS_THAN: (value, bound) => value < bound,
  GREATER_THAN_OR_EQUAL: (value, bound) => value >= bound,
  LESS_THAN_OR_EQUAL: (value, bound) => value <= bound,
  EQUAL: (value, bound) => value === bound,
};

function kilometers(a, b) {
  const radians = Math.PI / 180;
  const latitude = Math.sin(((b.Latitude - a.Latitude) * radians) / 2);
  const longitude = Math.sin(((b.Longitude - a.Longitude) * radians) / 2);
  const chord = latitude ** 2 + Math.cos(a.Latitude * radians) * Math.cos(b.Latitude * radians) * longitude ** 2;
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(chord)));
}

const everyEntry = (entries, holds) => Object.entries(entries ?? {}).every(([name, dimension]) => holds(name, dimension));
const inSet = ({ DimensionType = 'INCLUSIVE', Values }, values) => attributeTests[DimensionType](values, Values);
const channelNames = (channel) => (pushChannels.includes(channel) ? [channel, 'PUSH'] : [channel]);

/** Whether an endpoint (as it was written) meets every dimension. */
export function meets(dimensions, endpoint, now = Date.now()) {
  const { Attributes, UserAttributes, Metrics, Demographic, Location, Behavior } = dimensions;
  const within = (held) => (name, { AttributeType = 'INCLUSIVE', Values }) => attributeTests[AttributeType](held?.[name] ?? [], Values);
  const place = endpoint.Location ?? {};
  const point = Location?.GPSPoint;
  const recency = Behavior?.Recency;
  return (
    everyEntry(Attributes, within(endpoint.Attributes)) &&
    everyEntry(UserAttributes, within(endpoint.User?.UserAttributes)) &&
    everyEntry(Metrics, (name, { ComparisonOperator, Value }) => {
      const value = endpoint.Metrics?.[name];
      return value !== undefined && comparisons[ComparisonOperator](value, Value);
    }) &&
    everyEntry(Demographic, (name, set) =>
      inSet(set, name === 'Channel' ? channelNames(endpoint.ChannelType) : [endpoint.Demographic?.[name] ?? []].flat()),
    ) &&
    (!Location?.Country || inSet(Location.Country, [place.Country ?? []].flat())) &&
    (!point || (place.Latitude !== undefined && kilometers(point.Coordinates, place) <= point.RangeInKilometers)) &&
    (!recency ||
      Date.parse(endpoint.EffectiveDate) >= now - durations[recency.Duration] * day === (recency.RecencyType === 'ACTIVE'))
  );
}

/** Whether it is a member of a definition; `isMember(id, endpoint)` knows the source segments. */
export function belongs({ Dimensions, SegmentGroups }, endpoint, isMember) {
  if (Dimensions) return meets(Dimensions, endpoint);
  if (!SegmentGroups) return true;
  const groups = SegmentGroups.Groups.map(
    ({ SourceSegments = [], SourceType = 'ALL', Dimensions: list = [], Type = 'ALL' }) =>
      combineSome(SourceType, SourceSegments.map(({ Id }) => isMember(Id, endpoint))) &&
      combineSome(Type, list.map((dimensions) => meets(dimensions, endpoint))),
  );
  return combineSome(SegmentGroups.Include ?? 'ALL', groups);
}

const combineSome = (kind, verdicts) => verdicts.length === 0 || combine[kind](verdicts);

/** People with everything a segment can ask about. */
export function people(count, seed) {
  const random = seeded(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const maybe = (share, make) => (random() < share ? make() : undefined);
  const now = Date.now();
  return Array.from({ length: count }, (_, i) => {
    const channel = pick(['EMAIL', 'EMAIL', 'SMS', 'GCM', 'APNS', 'CUSTOM']);
    // An hour from every bound of recency, so that the time between writing and asking does not matter.
    const age = Math.floor(random() * 40) * day + day / 24;
    return {
      Id: `p${String(i).padStart(4, '0')}`,
      ChannelType: channel,
      Address: channel === 'EMAIL' ? `p${i}@example.org` : `+1555${String(i).padStart(7, '0')}`,
      EffectiveDate: new Date(now - age).toISOString(),
      OptOut: random() < 0.1 ? 'ALL' : 'NONE',
      EndpointStatus: random() < 0.05 ? 'INACTIVE' : 'ACTIVE',
      Attributes: {
        Team: maybe(0.8, () => [...new Set([pick(['Lions', 'Tigers', 'Bears']), pick(['Lions', 'Owls'])])]),
        City: maybe(0.7, () => [pick(['New York City', 'Newcastle', 'Rome', 'newark'])]),
        Since: maybe(0.6, () => [`20${18 + Math.floor(random() * 5)}-0${1 + Math.floor(random() * 9)}-15T10:00:00Z`]),
      },
      // What a user has shows through all the user's endpoints.
      ...maybe(0.8, () => {
        const user = Math.floor(random() * count) >> 1;
        return { User: { UserId: `u${user}`, UserAttributes: { Plan: [['gold', 'silver', 'none'][user % 3]] } } };
      }),
      Metrics: { score: Math.floor(random() * 20), spent: maybe(0.5, () => Math.round(random() * 1000) / 4) },
      Demographic: { Make: maybe(0.9, () => pick(['Apple', 'Samsung', 'Nokia'])), Platform: pick(['ios', 'android']) },
      Location: {
        Country: maybe(0.9, () => pick(['DE', 'IT', 'US'])),
        ...maybe(0.6, () => ({ Latitude: Math.round(400 + random() * 200) / 10, Longitude: Math.round(random() * 200) / 10 })),
      },
    };
  });
}

/** Every kind of dimension, by a name. */
export const dimensionsByName = {
  inclusive: { Attributes: { Team: { AttributeType: 'INCLUSIVE', Values: ['Lions', 'Owls'] } } },
  exclusive: { Attributes: { Team: { AttributeType: 'EXCLUSIVE', Values: ['Lions'] } } },
  contains: { Attributes: { City: { AttributeType: 'CONTAINS', Values: ['ew'] } } },
  before: { Attributes: { Since: { AttributeType: 'BEFORE', Values: ['2020-05-15T10:00:00Z'] } } },
  after: { Attributes: { Since: { AttributeType: 'AFTER', Values: ['2020-05-15T10:00:00Z'] } } },
  on: { Attributes: { Since: { AttributeType: 'ON', Values: ['2020-05-15T00:00:00Z'] } } },
  between: { Attributes: { Since: { AttributeType: 'BETWEEN', Values: ['2019-01-01T00:00:00Z', '2021-01-01T00:00:00Z'] } } },
  users: { UserAttributes: { Plan: { AttributeType: 'INCLUSIVE', Values: ['gold'] } } },
  ...Object.fromEntries(
    Object.keys(comparisons).map((ComparisonOperator) => [
      ComparisonOperator,
      { Metrics: { score: { ComparisonOperator, Value: 7 } } },
    ]),
  ),
  channel: { Demographic: { Channel: { DimensionType: 'INCLUSIVE', Values: ['PUSH', 'SMS'] } } },
  make: { Demographic: { Make: { DimensionType: 'EXCLUSIVE', Values: ['Apple'] } } },
  country: { Location: { Country: { DimensionType: 'INCLUSIVE', Values: ['DE', 'US'] } } },
  point: { Location: { GPSPoint: { Coordinates: { Latitude: 48.1, Longitude: 11.6 }, RangeInKilometers: 700 } } },
  active: { Behavior: { Recency: { Duration: 'DAY_14', RecencyType: 'ACTIVE' } } },
  inactive: { Behavior: { Recency: { Duration: 'DAY_7', RecencyType: 'INACTIVE' } } },
  several: {
    Attributes: { Team: { Values: ['Bears', 'Tigers'] }, City: { AttributeType: 'CONTAINS', Values: ['o'] } },
    Metrics: { spent: { ComparisonOperator: 'GREATER_THAN', Value: 50 } },
    Demographic: { Platform: { Values: ['ios'] } },
  },
};
