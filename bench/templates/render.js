// How many times a second Handlebars.js renders {"source", "person"} of the file: prints one number.
import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';

const { source, person } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const template = Handlebars.compile(source);
const batch = 1000;
let written = 0;
const rate = (seconds) => {
  const start = performance.now();
  let count = 0;
  for (; performance.now() - start < seconds * 1000; count += batch) {
    for (let i = 0; i < batch; ++i) written += template(person).length;
  }
  return count / ((performance.now() - start) / 1000);
};
rate(0.5); // until it is compiled
console.log(Math.round(rate(2)));
if (written === 0) process.exit(1);
