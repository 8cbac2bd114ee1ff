// A small world of films and viewers with known tastes, always the same: every viewer watches mostly one genre.

import { seeded } from './random.js';

const genres = ['Action', 'Comedy', 'Drama', 'Romance'];

export const tasteOf = (user) => genres[user % genres.length];
const genreOf = (film) => genres[film % genres.length];

/** `interactions`, `items` and `endpoints` as CSV texts, and the users whose taste is the genre. */
export function filmWorld({ users = 120, films = 400, viewsEach = 30 } = {}) {
  const random = seeded(7);
  const interactions = ['USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP'];
  const endpoints = ['Id,ChannelType,Address,OptOut,User.UserId,User.UserAttributes.Name'];
  for (let user = 0; user < users; ++user) {
    const seen = new Set();
    for (let view = 0; seen.size < viewsEach && view < 10_000; ++view) {
      const film = Math.floor(random() * films);
      if (random() > (genreOf(film) === tasteOf(user) ? 0.9 : 0.15) || seen.has(film)) continue;
      seen.add(film);
      interactions.push(`u${user},f${film},watch,${1_700_000_000 + seen.size * 3600 + user}`);
    }
    endpoints.push(`e${user},EMAIL,u${user}@example.org,NONE,u${user},Viewer ${user}`);
  }
  const items = ['ITEM_ID,GENRES'];
  for (let film = 0; film < films; ++film) items.push(`f${film},${genreOf(film)}`);
  const fans = (genre) => [...Array(users).keys()].filter((user) => tasteOf(user) === genre).map((user) => `u${user}`);
  const text = (lines) => `${lines.join('\n')}\n`;
  const genreFilms = (genre) => new Set([...Array(films).keys()].filter((film) => genreOf(film) === genre).map((film) => `f${film}`));
  return { interactions: text(interactions), items: text(items), endpoints: text(endpoints), users, fans, genreFilms };
}

const record = (name, fields) => ({
  type: 'record',
  name,
  namespace: 'com.amazonaws.personalize.schema',
  fields,
  version: '1.0',
});

export const schemas = {
  interactions: record('Interactions', [
    { name: 'USER_ID', type: 'string' },
    { name: 'ITEM_ID', type: 'string' },
    { name: 'EVENT_TYPE', type: 'string' },
    { name: 'TIMESTAMP', type: 'long' },
  ]),
  items: record('Items', [
    { name: 'ITEM_ID', type: 'string' },
    { name: 'GENRES', type: ['null', 'string'], categorical: true },
  ]),
};
