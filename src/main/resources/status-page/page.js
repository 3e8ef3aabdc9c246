// Polls the JSON API and shows its answers. All text goes in as text, never as markup.
import * as format from './format.js';
import { Plot } from './plot.js';
import * as storage from './storage.js';

const STATUS_EVERY = 1000;
const TRAFFIC_EVERY = 5000;
const IMAGES_EVERY = 10_000;

const $ = (id) => document.getElementById(id);
const words = (id, text) => {
  if ($(id).textContent !== text) $(id).textContent = text;
};

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** Makes the rows of a list those of the items, and keeps the rows, and the focus in them, that stay. */
function sync(list, items, key, create, update) {
  const old = new Map([...list.children].map((row) => [row.rowKey, row]));
  items.forEach((item, i) => {
    const id = key(item);
    let row = old.get(id);
    old.delete(id);
    if (!row) {
      row = create(item);
      row.rowKey = id;
    }
    if (list.children[i] !== row) list.insertBefore(row, list.children[i] ?? null);
    update?.(row, item);
  });
  for (const row of old.values()) row.remove();
}

async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Without TLS, and not on this machine.
  const field = element('textarea', 'hidden');
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
}

/** A command that a click copies. */
function command(text, shown = text) {
  const hint = element('span', 'hint', 'copy');
  const button = element('button', 'command', element('code', '', shown), hint);
  button.type = 'button';
  button.title = `Copy: ${text}`;
  button.setAttribute('aria-label', `Copy: ${text}`);
  button.addEventListener('click', async () => {
    await copy(text);
    hint.textContent = 'copied';
    button.classList.add('done');
    words('announce', `Copied ${text}`);
    setTimeout(() => {
      hint.textContent = 'copy';
      button.classList.remove('done');
      words('announce', '');
    }, 1600);
  });
  return button;
}

const CONDITIONS = { ok: 'serving', starting: 'starting', offline: 'offline', failing: 'failing', stopped: 'stopped' };

function upstreamRow(upstream) {
  const meter = element('meter');
  meter.setAttribute('aria-label', `Part of the limit used by ${upstream.name}`);
  const row = element('li', 'upstream-row',
    element('span', 'state'),
    element('div', 'main',
      element('p', 'name', element('b', '', upstream.name), ...(upstream.isDefault ? [element('span', 'tag', 'default')] : [])),
      element('p', 'words'),
      element('p', 'reason')),
    element('span', 'amount'),
    element('div', 'storage', meter, element('p', 'words details')),
    command(`${shown.pullPrefix}${upstream.name}/`));
  return row;
}

function updateUpstream(row, upstream, now) {
  const { status, storedBytes, limitBytes, rateLimit, manifestRequests } = upstream;
  row.dataset.condition = status.condition;
  const set = (selector, text) => {
    const part = row.querySelector(selector);
    if (part.textContent !== text) part.textContent = text;
  };
  const since = status.since ? ` · for ${format.duration(now - Date.parse(status.since))}` : '';
  const next = status.next ? ` · next in ${format.duration(Date.parse(status.next) - now)}` : '';
  set('.state', CONDITIONS[status.condition] ?? status.condition);
  const left = rateLimit ? ` · ${rateLimit.remaining} of ${rateLimit.limit} requests left` : '';
  const manifests = manifestRequests?.saved ?? 0;
  const saved = manifests > 0 ? ` · ${manifests} manifest ${manifests === 1 ? 'request' : 'requests'} saved` : '';
  set('.words', status.words + since + next + left + saved);
  set('.reason', status.reason ?? '');
  set('.amount', storedBytes === null ? '' : format.bytes(storedBytes) + (limitBytes === null ? '' : ` of ${format.bytes(limitBytes)}`));
  row.querySelector('.storage').hidden = storedBytes === null;
  if (storedBytes !== null) {
    // Where an upstream has no limit of its own, the bar is its part of the limit for all.
    storage.fill(row.querySelector('meter'), storedBytes, limitBytes ?? (storedBytes > 0 ? shown.storage.limitBytes : 0));
    set('.details', storage.details(upstream, now, Date.parse(shown.upSince)));
  }
}

function transferRow(transfer) {
  const reference = transfer.reference.startsWith('sha256:') ? `@${transfer.reference.slice(0, 19)}…` : `:${transfer.reference}`;
  const name = `${transfer.upstream}/${transfer.repository}`;
  const bar = element('progress');
  bar.setAttribute('aria-label', `${transfer.kind} of ${name} to ${transfer.client}`);
  return element('li', 'transfer-row',
    element('p', 'name', element('b', '', name), element('span', 'reference', reference)),
    bar,
    element('p', 'words', element('span', 'done'), element('span', 'from')));
}

function updateTransfer(row, transfer) {
  const bar = row.querySelector('progress');
  if (transfer.length > 0) {
    bar.max = transfer.length;
    bar.value = transfer.sent;
  } else {
    bar.removeAttribute('value');
  }
  const speed = transfer.milliseconds > 500 ? `, ${format.bytes((transfer.sent * 1000) / transfer.milliseconds)}/s` : '';
  const whole = transfer.length === null ? '' : ` of ${format.bytes(transfer.length)}`;
  row.querySelector('.done').textContent = `${transfer.kind}, ${format.bytes(transfer.sent)}${whole}${speed}`;
  row.querySelector('.from').textContent = `${transfer.from === 'cache' ? 'from the cache' : 'through its registry'} to ${transfer.client}`;
}

let shown = null;

function showStorage(total, now) {
  const { measured, bytes, limitBytes, diskFree } = total;
  words('stored', measured ? format.bytes(bytes) : '–');
  words('disk', !measured ? 'not measured yet'
    : limitBytes === null ? 'not on a disk of this machine'
      : `of ${format.bytes(limitBytes)} · ${format.bytes(diskFree)} free on its disk`);
  storage.fill($('limit-meter'), bytes, limitBytes);
  words('stored-details', storage.details(total, now, Date.parse(shown.upSince)));
  const warning = storage.pinnedWarning(shown);
  words('pinned-warning', warning);
  $('pinned-warning').hidden = warning === '';
}

function showStatus(status) {
  shown = status;
  const now = Date.parse(status.now);
  const well = status.upstreams.filter((it) => it.status.condition === 'ok').length;
  const ill = status.upstreams.filter((it) => it.status.condition !== 'ok').map((it) => `${it.name} is ${CONDITIONS[it.status.condition]}`);
  words('summary', ill.length === 0
    ? well === 1 ? 'The registry is served' : `All ${well} registries are served`
    : `${well} of ${format.count(status.upstreams.length, 'registry', 'registries')} served; ${ill.slice(0, 3).join(', ')}${ill.length > 3 ? '…' : ''}`);
  document.documentElement.dataset.condition = ill.length === 0 ? 'ok' : 'ill';

  const { hits, misses, errors } = status.total;
  words('hit-rate', format.percent(hits, hits + misses));
  words('hit-rate-note', `${format.number(hits)} of ${format.count(hits + misses, 'request', 'requests')}`);
  words('saved-bytes', format.bytes(status.saved.bytes));
  words('saved-requests', format.number(status.saved.upstreamRequests));
  words('errors-note', errors === 0 ? 'no errors' : format.count(errors, 'error answered', 'errors answered'));
  showStorage(status.storage, now);

  sync($('upstreams'), status.upstreams, (it) => it.name, upstreamRow, (row, it) => updateUpstream(row, it, now));
  words('in-flight', String(status.transfers.inFlight));
  sync($('transfers'), status.transfers.longest, (it) => it.id, transferRow, updateTransfer);
  $('no-transfers').hidden = status.transfers.longest.length > 0;
  sync($('pulled'), status.mostPulled, (it) => it.pull,
    (it) => element('li', 'image-row', command(it.pull, it.image), element('span', 'amount')),
    (row, it) => (row.querySelector('.amount').textContent = `${format.number(it.count)}×`));
  $('none-pulled').hidden = status.mostPulled.length > 0;
  words('uptime', `Up for ${format.duration(now - Date.parse(status.upSince))}; totals since ${format.day(status.since)}.`);
}

const plots = {
  bytes: new Plot($('bytes-plot'), $('bytes-readout'), format.bytes),
  requests: new Plot($('requests-plot'), $('requests-readout'), format.number),
};

const SPANS = {
  hour: { each: 'a minute', all: 'in the last hour', begin: (it) => it.minute, label: format.clock, of: (traffic) => traffic.minutes },
  week: { each: 'an hour', all: 'in the last week', begin: (it) => it.hour, label: format.dayAndHour, of: (traffic) => traffic.hours },
};
let span = SPANS.hour;
let traffic = null;

function showTraffic() {
  if (traffic === null) return;
  const periods = span.of(traffic);
  const sum = (of) => periods.reduce((total, it) => total + it.sums[of], 0);
  words('bytes-title', `Bytes ${span.each}`);
  words('requests-title', `Requests ${span.each}`);
  plots.bytes.draw(
    periods.map((it) => ({ label: span.label(span.begin(it)), cache: it.sums.bytesFromCache, upstream: it.sums.bytesFromUpstream })),
    `Bytes ${span.each}: ${span.all} ${format.bytes(sum('bytesFromCache'))} from the cache, ${format.bytes(sum('bytesFromUpstream'))} from upstream`);
  plots.requests.draw(
    periods.map((it) => ({ label: span.label(span.begin(it)), cache: it.sums.hits, upstream: it.sums.misses })),
    `Requests ${span.each}: ${span.all} ${format.count(sum('hits'), 'hit', 'hits')}, ${format.count(sum('misses'), 'miss', 'misses')}`);
}

for (const [name, chosen] of Object.entries(SPANS)) {
  $(`show-${name}`).addEventListener('click', () => {
    span = chosen;
    for (const other of Object.keys(SPANS)) $(`show-${other}`).setAttribute('aria-pressed', String(other === name));
    showTraffic();
  });
}

function showImages({ images, more, unavailable }) {
  const found = images.length === 0 ? 'Nothing found' : `${more ? 'The first ' : ''}${format.count(images.length, 'image', 'images')}`;
  words('found', found + (unavailable.length === 0 ? '' : `; the storage of ${unavailable.join(', ')} is not a file system and cannot be searched`));
  sync($('found-images'), images, (it) => it.pull,
    (it) => element('li', 'image-row', command(it.pull, `${it.upstream}/${it.repository}${it.reference}`), element('span', 'tag partly')),
    (row, it) => {
      const mark = row.querySelector('.partly');
      mark.hidden = it.cached === 'whole';
      mark.textContent = mark.hidden ? '' : 'partly cached';
      mark.title = mark.hidden ? '' : 'The next pull fetches the missing parts.';
    });
}

async function get(path) {
  const answer = await fetch(path, { signal: AbortSignal.timeout(8000) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

function fresh(isFresh) {
  document.documentElement.dataset.live = isFresh ? 'yes' : 'no';
  words('freshness', isFresh ? 'live' : 'no answer, trying again');
}

/** Runs a task now and then, one at a time, and not while the page is hidden. */
function every(milliseconds, task) {
  let timer;
  let turn = 0;
  const run = async () => {
    clearTimeout(timer);
    const mine = ++turn;
    if (document.hidden) return;
    try {
      await task(() => mine === turn);
      fresh(true);
    } catch {
      fresh(false);
    }
    if (mine === turn) timer = setTimeout(run, milliseconds);
  };
  document.addEventListener('visibilitychange', run);
  run();
  return run;
}

every(STATUS_EVERY, async (current) => {
  const status = await get('/api/status');
  if (current()) showStatus(status);
});
every(TRAFFIC_EVERY, async (current) => {
  const latest = await get('/api/traffic');
  if (!current()) return;
  traffic = latest;
  showTraffic();
});
const search = every(IMAGES_EVERY, async (current) => {
  const images = await get(`/api/images?q=${encodeURIComponent($('search').value)}`);
  if (current()) showImages(images);
});

let typing;
$('search').addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(search, 200);
});
$('search-form').addEventListener('submit', (event) => {
  event.preventDefault();
  search();
});
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== $('search') && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    $('search').focus();
  }
});
