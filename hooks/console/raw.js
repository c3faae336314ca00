// The exchange as it went over the wire, to be copied.

import {address} from './api.js';
import {el} from './dom.js';
import {t} from './words.js';

async function copy(text, button, area) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without a secure context there is no clipboard: the text is selected instead.
    const range = document.createRange();
    range.selectNodeContents(area);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    button.textContent = t('raw.selected');
    return;
  }
  button.textContent = t('raw.copied');
  setTimeout(() => {
    button.textContent = t(button.dataset.word);
  }, 1500);
}

/// The call for a shell. The body stands in a here-document whose end no line of JSON can be.
export function curlOf(path, body, language) {
  return [
    `curl -sS -X POST '${address(path)}' \\`, '  -H \'Content-Type: application/json\' \\',
    `  -H 'Accept-Language: ${language}' \\`, '  --data-binary @- <<\'END-OF-REQUEST\'',
    JSON.stringify(body, null, 1), 'END-OF-REQUEST', ''
  ].join('\n');
}

function block(title, text, more = []) {
  const area = el('pre', {tabindex: '0', 'aria-label': title}, text);
  const button =
      el('button', {
        type: 'button',
        class: 'small',
        'data-word': 'raw.copy',
        onclick: () => copy(text, button, area)
      },
         t('raw.copy'));
  return el(
      'section', {class: 'exchange'}, el('div', {class: 'bar'}, el('h3', {}, title), button, more),
      area);
}

/// Request and answer of a call.
export function drawRaw(call) {
  const curl = curlOf(call.path, call.request, call.language);
  const hidden = el('pre', {class: 'visually-hidden'}, curl);
  const button =
      el('button', {
        type: 'button',
        class: 'small',
        id: 'copy-curl',
        'data-word': 'raw.curl',
        onclick: () => copy(curl, button, hidden)
      },
         t('raw.curl'));
  const answer = typeof call.answer.body === 'string' ? call.answer.body :
                                                        JSON.stringify(call.answer.body, null, 1);
  return [
    block(`POST ${call.path}`, JSON.stringify(call.request, null, 1), [button, hidden]),
    block(t('raw.answer', {status: call.answer.status}), answer)
  ];
}
