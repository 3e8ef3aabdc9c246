// The storage, in words and as a bar; of one upstream, or of all.
import * as format from './format.js';

const DAY = 86_400_000;
const REASONS = { limit: 'over the limit', keep: 'unused for long', purge: 'purged' };

function evicted(byReason) {
  const parts = Object.entries(byReason)
    .filter(([, removed]) => removed.bytes > 0)
    .map(([reason, { bytes, images }]) =>
      `${format.bytes(bytes)}${images > 0 ? ` and ${format.count(images, 'image', 'images')}` : ''} ${REASONS[reason] ?? reason}`);
  return parts.length === 0 ? [] : [`evicted ${parts.join(', ')}`];
}

/** Age, pins, growth and evictions, as far as there is something to tell. */
export function details({ oldestUse, pinnedBytes, keepSeconds, storedLastDay, evicted: byReason }, now, upSince) {
  const growth = now - upSince < DAY ? 'since the start' : 'in a day';
  return [
    ...(oldestUse === null ? [] : [`oldest used ${format.duration(now - Date.parse(oldestUse))} ago`]),
    ...(keepSeconds ? [`kept for ${format.duration(keepSeconds * 1000)}`] : []),
    ...(pinnedBytes > 0 ? [`${format.bytes(pinnedBytes)} pinned`] : []),
    ...(storedLastDay > 0 ? [`${format.bytes(storedLastDay)} added ${growth}`] : []),
    ...(byReason ? evicted(byReason) : []),
  ].join(' · ');
}

/** Shows how much of a limit is used. */
export function fill(meter, used, limit) {
  meter.hidden = !limit;
  if (limit) {
    meter.classList.toggle('over', used > limit);
    meter.value = used / limit;
    meter.textContent = format.percent(used, limit);
    meter.title = `${format.percent(used, limit)} of ${format.bytes(limit)}`;
  }
}

/** A warning if more is pinned than a limit allows; else nothing. */
export function pinnedWarning({ storage, upstreams }) {
  if (!storage.overPinned) return '';
  const own = upstreams.filter((it) => it.limitBytes !== null && it.pinnedBytes > it.limitBytes);
  const broken = own.length > 0
    ? own.map((it) => `${it.name}: ${format.bytes(it.pinnedBytes)} of ${format.bytes(it.limitBytes)}`).join(', ')
    : `${format.bytes(storage.pinnedBytes)} of ${format.bytes(storage.limitBytes)}`;
  return `More is pinned than the limit allows (${broken}). Pinned images stay; unpin some, or raise the limit.`;
}
