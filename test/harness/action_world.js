// A shop whose customers' propensities are known, always the same but for the time it ends at: frequent, occasional and
// new shoppers are offered actions. The world of src/learn/action_world.h for tests from outside.

import { seeded } from './random.js';

const day = 86_400;
const offerDays = 70; // actions are offered in the last so many days
const categories = ['Fashion', 'Books', 'Sport', 'Kitchen'];
const channels = ['advert', 'friend', 'store'];
const itemCount = 120;

export const shoppers = ['frequent', 'occasional', 'new'];

const actions = [
  { id: 'join-loyalty', type: 'membership', propensities: [0.6, 0.25, 0.1] },
  { id: 'subscribe-newsletter', type: 'contact', propensities: [0.2, 0.5, 0.3] },
  { id: 'download-app', type: 'contact', propensities: [0.3, 0.15, 0.5] },
  { id: 'review-purchase', type: 'community', propensities: [0.4, 0.2, 0.05] },
  { id: 'upgrade-plus', type: 'membership', propensities: [0.3, 0.08, 0.03] },
  { id: 'refer-friend', type: 'community', propensities: [0.15, 0.1, 0.2] },
];

export const actionIds = actions.map(({ id }) => id);

const moved = (propensity, logit) => 1 / (1 + Math.exp(-(Math.log(propensity / (1 - propensity)) + logit)));

/** The probability that this person takes the action within days when it is offered. */
function propensityOf(person, action) {
  let logit = 0;
  if (action.id === 'download-app') logit += person.age < 35 ? 0.8 : -0.4;
  if (action.id === 'download-app' && person.channel === 'advert') logit += 0.6;
  if (action.id === 'upgrade-plus' && person.favourite === 'Sport') logit += 1.2;
  return moved(action.propensities[shoppers.indexOf(person.shopper)], logit);
}

function visits(person, end, random) {
  const apart = { frequent: 2, occasional: 20, new: 0.2 }[person.shopper];
  let left = person.shopper === 'new' ? Math.floor(random() * 4) : Infinity;
  const rows = [];
  for (let time = person.joined; ; ) {
    time += -Math.log(1 - random()) * apart * day;
    if (time >= end || left-- === 0) return rows;
    const category = random() < 0.7 ? categories.indexOf(person.favourite) : Math.floor(random() * categories.length);
    const item = Math.floor(random() * (itemCount / categories.length)) * categories.length + category;
    rows.push([person.id, `i${item}`, random() < 0.3 ? 'Purchase' : 'View', Math.floor(time)]);
  }
}

// New shoppers are met within two days of coming, the others at any time.
function answers(person, action, end, random) {
  const isNew = person.shopper === 'new';
  const begin = isNew ? person.joined : end - offerDays * day;
  const time = Math.floor(begin + random() * (isNew ? 2 : offerDays) * day);
  const rows = [[person.id, action.id, 'Viewed', time]];
  if (random() < propensityOf(person, action)) {
    rows.push([person.id, action.id, 'Taken', time + 60 + Math.floor(random() * random() * 5 * day)]);
  } else if (random() < 0.6) {
    rows.push([person.id, action.id, 'Not Taken', time + 30]);
  }
  return rows.filter((row) => row[3] < end);
}

const csv = (header, rows) => `${[header, ...rows.map((row) => row.join(','))].join('\n')}\n`;

/**
 * The five files as CSV texts, ending at `end` (Unix seconds), and `strangers`: people of each kind who were offered
 * nothing yet, with their `propensities` by action id.
 */
export function actionWorld({ users = 1000, strangers = 300, end }) {
  const random = seeded(11);
  const people = [];
  const interactions = [];
  const offered = [];
  for (let user = 0; user < users + strangers; ++user) {
    const shopper = shoppers[user % shoppers.length];
    const isStranger = user >= users;
    const newDays = isStranger ? random() : 1 + 68 * random();
    const person = {
      id: `u${user}`,
      shopper,
      isStranger,
      age: 18 + Math.floor(random() * 50),
      channel: channels[Math.floor(random() * channels.length)],
      favourite: categories[Math.floor(random() * categories.length)],
      joined: end - (shopper === 'new' ? newDays : 300) * day,
    };
    person.propensities = Object.fromEntries(actions.map((action) => [action.id, propensityOf(person, action)]));
    people.push(person);
    interactions.push(...visits(person, end, random));
    if (!isStranger) offered.push(...actions.flatMap((action) => answers(person, action, end, random)));
  }
  const items = [...Array(itemCount).keys()].map((item) => [`i${item}`, categories[item % categories.length]]);
  return {
    interactions: csv('USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP', interactions),
    users: csv('USER_ID,AGE,CHANNEL', people.map(({ id, age, channel }) => [id, age, channel])),
    items: csv('ITEM_ID,CATEGORY', items),
    actions: csv('ACTION_ID,TYPE,VALUE,REPEAT_FREQUENCY,EXPIRATION_TIMESTAMP', [
      ...actions.map(({ id, type }) => [id, type, 5, id === 'refer-friend' ? 7 : '', '']),
      ['summer-sale', 'contact', 10, '', end - day],
    ]),
    action_interactions: csv('USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP', offered),
    strangers: people.filter((person) => person.isStranger),
  };
}

const text = (name) => ({ name, type: 'string' });
const long = (name) => ({ name, type: 'long' });
const category = (name) => ({ name, type: 'string', categorical: true });
const maybe = (name, type) => ({ name, type: ['null', type] });
const record = (name, fields) => ({
  type: 'record',
  name,
  namespace: 'com.amazonaws.personalize.schema',
  fields,
  version: '1.0',
});

export const actionSchemas = {
  interactions: record('Interactions', [text('USER_ID'), text('ITEM_ID'), text('EVENT_TYPE'), long('TIMESTAMP')]),
  users: record('Users', [text('USER_ID'), { name: 'AGE', type: 'int' }, category('CHANNEL')]),
  items: record('Items', [text('ITEM_ID'), category('CATEGORY')]),
  actions: record('Actions', [
    text('ACTION_ID'),
    maybe('TYPE', 'string'),
    maybe('VALUE', 'long'),
    maybe('REPEAT_FREQUENCY', 'long'),
    maybe('EXPIRATION_TIMESTAMP', 'long'),
  ]),
  action_interactions: record('ActionInteractions', [
    text('USER_ID'),
    text('ACTION_ID'),
    text('EVENT_TYPE'),
    long('TIMESTAMP'),
  ]),
};

/**
 * Pairs of a score and the true propensity in bins of a tenth, by score: each bin's means, where they are of enough pairs
 * to tell.
 */
export function reliability(pairs, fewest = 30) {
  const mean = (bin, place) => bin.reduce((sum, pair) => sum + pair[place], 0) / bin.length;
  return [...Array(10).keys()]
    .map((tenth) => pairs.filter(([score]) => Math.min(9, Math.floor(score * 10)) === tenth))
    .filter((bin) => bin.length >= fewest)
    .map((bin) => ({ said: mean(bin, 0), true: mean(bin, 1), count: bin.length }));
}
