// The part of CommonMark that cards are written in, as DOM nodes: paragraphs, lists of one level,
// strong text, emphasis, code, links to https, escapes. Whatever else a text holds is shown as it
// is.

import {el} from './dom.js';

const kPunctuation = /[!-/:-@[-`{-~]/;

/// The nodes of one line.
function inline(text) {
  const nodes = [];
  let plain = '';
  const flush = () => {
    if (plain) nodes.push(plain);
    plain = '';
  };
  for (let i = 0; i < text.length;) {
    const rest = text.slice(i);
    const pair = /^(\*\*)(?=\S)((?:\\.|[^\\])+?)\1/.exec(rest) ||
        /^(\*|`)(?=\S)((?:\\.|[^\\*`])+?)\1/.exec(rest);
    const link = /^\[((?:\\.|[^\\\]])+)\]\((https:\/\/[^\s)]+)\)/.exec(rest);
    if (rest[0] === '\\' && rest[1] && kPunctuation.test(rest[1])) {
      plain += rest[1];
      i += 2;
    } else if (pair) {
      flush();
      const tag = {'**': 'strong', '*': 'em', '`': 'code'}[pair[1]];
      nodes.push(el(tag, {}, tag === 'code' ? pair[2] : inline(pair[2])));
      i += pair[0].length;
    } else if (link) {
      flush();
      nodes.push(
          el('a', {href: link[2], target: '_blank', rel: 'noopener noreferrer'}, inline(link[1])));
      i += link[0].length;
    } else {
      plain += rest[0];
      i += 1;
    }
  }
  flush();
  return nodes;
}

const isItem = (line) => /^[-*] /.test(line);

/// The nodes of a text.
export function markdown(text) {
  return text.split(/\n[ \t]*\n/).filter((block) => block.trim()).map((block) => {
    const lines = block.trim().split('\n');
    if (!isItem(lines[0])) return el('p', {}, inline(lines.join(' ')));
    const items = [];
    for (const line of lines) {
      if (isItem(line))
        items.push(line.slice(2));
      else
        items[items.length - 1] += ` ${line.trim()}`;
    }
    return el('ul', {}, items.map((item) => el('li', {}, inline(item))));
  });
}
