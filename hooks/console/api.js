// Calls of the server, all of them to the origin of this page.

const root = new URL('..', import.meta.url);
let token = '';

/// The address of a path of the server, "cds-services".
export const address = (path) => new URL(path, root).href;

/// What calls of services are authenticated with; kept in memory alone.
export function useToken(text) {
  token = text.trim();
}

export const hasToken = () => token !== '';

function headersOf(language, more) {
  const headers = {...more};
  if (language) headers['Accept-Language'] = language;
  if (token) headers.Authorization = `Bearer ${token}`;
  return headers;
}

/// A failed call: its status, and what the server says of it.
export class CallError extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

function diagnosticsOf(body) {
  const issue = body && body.issue && body.issue[0];
  return issue ? issue.diagnostics || issue.code : '';
}

async function read(answer) {
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/// The decoded answer of a GET; throws CallError.
export async function get(path, language) {
  const answer = await fetch(address(path), {headers: headersOf(language)});
  const body = await read(answer);
  if (!answer.ok) throw new CallError(answer.status, diagnosticsOf(body));
  return body;
}

/// Posts a body; gives status, decoded answer, time in ms. Throws only where there is no answer.
export async function post(path, body, language, signal) {
  const began = performance.now();
  const answer = await fetch(address(path), {
    method: 'POST',
    headers: headersOf(language, {'Content-Type': 'application/json'}),
    body: JSON.stringify(body),
    signal,
  });
  const decoded = await read(answer);
  return {
    status: answer.status,
    ok: answer.ok,
    body: decoded,
    language: answer.headers.get('Content-Language') || '',
    problem: answer.ok ? '' : diagnosticsOf(decoded),
    took: performance.now() - began,
  };
}
