// A stacked bar for each period, in SVG. The mouse or the arrow keys choose a period to read.
const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 600;
const HEIGHT = 120;
const FOOT = 16;

function shape(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.append(element);
  return element;
}

/** A round number at or above the greatest value, so that the scale seldom jumps. */
function ceiling(greatest) {
  const power = 10 ** Math.floor(Math.log10(Math.max(greatest, 1)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= greatest) ?? power * 10;
}

export class Plot {
  #box;
  #readout;
  #show;
  #svg;
  #periods = [];
  #bars = [];
  #labels = [];
  #chosen = -1;

  /** @param show turns a value into text */
  constructor(box, readout, show) {
    this.#box = box;
    this.#readout = readout;
    this.#show = show;
    this.#svg = shape('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT + FOOT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, box);
    for (const part of [0, 0.5]) {
      shape('line', { class: 'grid', x1: 0, x2: WIDTH, y1: HEIGHT * part + 0.5, y2: HEIGHT * part + 0.5 }, this.#svg);
    }
    shape('line', { class: 'axis', x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT }, this.#svg);
    for (const place of ['top', 'left', 'middle', 'right']) {
      const label = document.createElement('span');
      label.className = `tick ${place}`;
      label.setAttribute('aria-hidden', 'true');
      box.append(label);
      this.#labels.push(label);
    }
    box.addEventListener('pointermove', (event) => {
      const edge = box.getBoundingClientRect();
      this.#choose(Math.floor(((event.clientX - edge.left) / edge.width) * this.#periods.length));
    });
    box.addEventListener('pointerleave', () => this.#choose(-1));
    box.addEventListener('blur', () => this.#choose(-1));
    box.addEventListener('keydown', (event) => {
      const all = this.#periods.length;
      const step = { ArrowLeft: -1, ArrowRight: 1, Home: -all, End: all }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const from = this.#chosen < 0 ? all : this.#chosen;
      this.#choose(Math.min(all - 1, Math.max(0, from + step)));
    });
  }

  #makeBars(count) {
    this.#bars.forEach((bar) => Object.values(bar).forEach((part) => part.remove()));
    this.#choose(-1);
    const width = WIDTH / count;
    const inner = width * 0.8;
    this.#bars = Array.from({ length: count }, (_, i) => ({
      back: shape('rect', { class: 'back', x: i * width, y: 0, width, height: HEIGHT }, this.#svg),
      cache: shape('rect', { class: 'cache', x: i * width + width * 0.1, width: inner }, this.#svg),
      upstream: shape('rect', { class: 'upstream', x: i * width + width * 0.1, width: inner }, this.#svg),
    }));
  }

  /** @param periods of { label, cache, upstream } */
  draw(periods, summary) {
    if (periods.length !== this.#bars.length) this.#makeBars(periods.length);
    this.#periods = periods;
    const top = ceiling(Math.max(...periods.map((it) => it.cache + it.upstream)));
    periods.forEach((it, i) => {
      const cache = (it.cache / top) * HEIGHT;
      const upstream = (it.upstream / top) * HEIGHT;
      const bar = this.#bars[i];
      bar.cache.setAttribute('height', cache.toFixed(1));
      bar.cache.setAttribute('y', (HEIGHT - cache).toFixed(1));
      bar.upstream.setAttribute('height', upstream.toFixed(1));
      bar.upstream.setAttribute('y', (HEIGHT - cache - upstream).toFixed(1));
    });
    const texts = [this.#show(top), periods[0].label, periods[Math.floor(periods.length / 2)].label, 'now'];
    texts.forEach((text, i) => (this.#labels[i].textContent = text));
    this.#box.setAttribute('aria-label', summary);
    this.#read();
  }

  #choose(index) {
    if (this.#chosen >= 0) this.#bars[this.#chosen].back.classList.remove('chosen');
    this.#chosen = index >= 0 && index < this.#periods.length ? index : -1;
    if (this.#chosen >= 0) this.#bars[this.#chosen].back.classList.add('chosen');
    this.#read();
  }

  #read() {
    const it = this.#periods[this.#chosen];
    this.#readout.textContent = it
      ? `${it.label}: ${this.#show(it.cache)} cache, ${this.#show(it.upstream)} upstream`
      : '';
  }
}
