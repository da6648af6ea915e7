// SPDX-License-Identifier: Apache-2.0
// What the clients have in common: commands by lines on standard input, and for each a line `SHOWN {...}` with what a
// program that uses the client is shown. A client is an object with functions by the names of the commands:
//
//   connect {as, url, key}            {era, instructions}
//   list    {as}                      {tools}
//   call    {as, tool, arguments}     {text, isError, skip, progress}
//   heard   {as}                      {heard}: how often it was told that the tools have changed
//   close   {as}                      {}
//
// `as` names one of several connections of the one process. Whatever a client throws becomes {error}, in its own words.

import readline from 'node:readline';

export const INFO = { name: 'vigil-it', version: '1' };

export async function serve(client) {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { command, ...rest } = JSON.parse(line);
    console.log(`SHOWN ${JSON.stringify(await shown(client, command, rest))}`);
  }
  process.exit(0);
}

async function shown(client, command, rest) {
  try {
    return (await client[command](rest)) ?? {};
  } catch (error) {
    return { error: words(error) };
  }
}

/** What is printed when nobody catches it, without the place. */
function words(error) {
  const cause = error.cause === undefined ? '' : ` (${error.cause.message || error.cause.code})`;
  return `${error}${cause}`;
}

export function headers(key) {
  return key === undefined ? {} : { Authorization: `Bearer ${key}` };
}

/** Of the result of a tool, what matters here. */
export function answer(result, progress) {
  return {
    text: (result.content ?? []).map((block) => block.text ?? JSON.stringify(block)).join('\n'),
    isError: result.isError === true,
    skip: result._meta?.['dev.vigil/skip'],
    progress,
  };
}
