'use strict';
(() => {
  const data = JSON.parse(document.getElementById('page-data').textContent);
  const svgNamespace = 'http://www.w3.org/2000/svg';

  const make = (name, attributes, ...children) => {
    const isDrawing = ['svg', 'use', 'g', 'rect', 'line', 'clipPath'].includes(name);
    const element = isDrawing ? document.createElementNS(svgNamespace, name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  };

  // Tables: the heading of a column becomes a button that sorts by it. What has no number comes last, whichever the order.
  for (const table of document.querySelectorAll('table.sortable')) {
    const body = table.tBodies[0];
    const headings = [...table.tHead.rows[0].cells];
    headings.forEach((heading, column) => {
      const button = make('button', { type: 'button' }, ...heading.childNodes);
      heading.append(button);
      button.addEventListener('click', () => sort(column, heading));
    });

    const sort = (column, heading) => {
      const isText = column === 0;
      const isDescending = heading.getAttribute('aria-sort') === 'ascending';
      headings.forEach(other => other.removeAttribute('aria-sort'));
      heading.setAttribute('aria-sort', isDescending ? 'descending' : 'ascending');
      const sign = isDescending ? -1 : 1;
      const rows = [...body.rows].map((row, place) => ({ row, place, key: keyOf(row.cells[column], isText) }));
      rows.sort((a, b) => {
        if (a.key === null || b.key === null) {
          return (a.key === null) - (b.key === null) || a.place - b.place;
        }
        return sign * (isText ? a.key.localeCompare(b.key, 'en') : a.key - b.key) || a.place - b.place;
      });
      body.append(...rows.map(item => item.row));
    };
  }

  function keyOf(cell, isText) {
    if (isText) {
      return cell.textContent;
    }
    const order = cell.dataset.order ?? '';
    return order === '' ? null : Number(order);
  }

  // The confusion matrix: three ways to colour it, arrow keys, and the images behind a cell.
  const heat = document.querySelector('svg.heat');
  const detail = document.getElementById('cell');
  if (heat) {
    const cells = [...heat.querySelectorAll('.cell')];
    const numbers = new Map([...heat.querySelectorAll('.numbers text')].map(text => [text.dataset.of, text]));
    const places = new Map(cells.map(cell => [cell.dataset.cell, cell]));
    const rows = [...new Set(cells.flatMap(cell => cell.dataset.cell.split('-').map(Number)))].sort((a, b) => a - b);
    const choice = document.querySelector('fieldset.choice');
    choice.hidden = false;
    choice.addEventListener('change', event => colour(event.target.value));
    cells.forEach((cell, place) => {
      cell.setAttribute('role', 'button');
      cell.setAttribute('tabindex', place === 0 ? '0' : '-1');
      cell.addEventListener('click', () => choose(cell));
      cell.addEventListener('keydown', event => key(cell, event));
    });

    const percent = share => share < 0.0005 ? '' : (100 * share).toFixed(share < 0.0995 ? 1 : 0);

    const colour = way => {
      for (const cell of cells) {
        const value = Number(cell.dataset[way]);
        cell.querySelector('rect').setAttribute('fill-opacity', way === 'log' ? value : Math.sqrt(value));
        const text = numbers.get(cell.dataset.cell);
        if (text) {
          text.textContent = way === 'log' ? cell.dataset.count : percent(value);
        }
      }
    };

    const focus = cell => {
      cells.forEach(other => other.setAttribute('tabindex', other === cell ? '0' : '-1'));
      cell.focus();
    };

    const key = (cell, event) => {
      const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        choose(cell);
      } else if (steps[event.key]) {
        event.preventDefault();
        const [down, right] = steps[event.key];
        let [row, column] = cell.dataset.cell.split('-').map(id => rows.indexOf(Number(id)));
        for (row += down, column += right; row in rows && column in rows; row += down, column += right) {
          const next = places.get(`${rows[row]}-${rows[column]}`);
          if (next) {
            focus(next);
            return;
          }
        }
      }
    };

    const choose = cell => {
      cells.forEach(other => other.classList.toggle('chosen', other === cell));
      focus(cell);
      const found = data.cells?.[cell.dataset.cell];
      const heading = make('h3', {}, cell.getAttribute('aria-label'));
      if (!found) {
        detail.replaceChildren(heading);
        return;
      }
      const line = make('p', { class: 'soft' }, `In ${found.images.toLocaleString('en')} ${found.images === 1 ? 'image' : 'images'}; those with most of it:`);
      const list = make('ol', {});
      const strip = make('div', { class: 'strip' });
      for (const [place, count] of found.most) {
        const item = make('li', {}, make('bdi', {}, data.names[place]), `: ${count.toLocaleString('en')} pixels`);
        list.append(item);
        const picture = data.pictures[place];
        if (picture >= 0) {
          strip.append(thumbnail(picture, data.names[place]));
        }
      }
      detail.replaceChildren(heading, line, list, ...(strip.childElementCount > 0 ? [strip] : []));
    };
  }

  // Pictures: each is in the page once, and used again by its address within it.
  const strips = new Map([...document.querySelectorAll('.card .strip')].map(strip => [Number(strip.dataset.image), strip]));

  function layersOf(strip) {
    return [...strip.querySelectorAll('.view')].map(view => view.dataset.layer);
  }

  function has(picture, layer) {
    return document.getElementById(`i${picture}-${layer}`) !== null;
  }

  function thumbnail(picture, name) {
    const [width, height] = strips.get(picture).dataset.size.split(' ');
    const drawing = make('svg', { viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' });
    for (const layer of ['photo', 'errors']) {
      if (has(picture, layer)) {
        drawing.append(make('use', { href: `#i${picture}-${layer}` }));
      }
    }
    const button = make('button', { type: 'button', class: 'view', 'aria-label': `Errors of ${name}` }, drawing, make('span', {}, make('bdi', {}, name)));
    button.addEventListener('click', () => open(picture, 'errors'));
    return button;
  }

  const viewer = document.getElementById('viewer');
  if (!viewer) {
    return;
  }

  const part = name => document.getElementById(`viewer-${name}`);
  const [stage, slider, opacity, left, right] = ['stage', 'slider', 'opacity', 'left', 'right'].map(part);
  const titles = { photo: 'image', truth: 'ground truth', prediction: 'prediction', errors: 'errors', confidence: 'confidence' };
  let shown = 0;

  for (const [picture, strip] of strips) {
    for (const view of strip.querySelectorAll('.view')) {
      view.addEventListener('click', () => open(picture, view.dataset.layer));
    }
  }

  function open(picture, layer) {
    shown = picture;
    const strip = strips.get(picture);
    part('title').textContent = strip.dataset.name;
    const layers = layersOf(strip);
    for (const select of [left, right]) {
      select.replaceChildren(...layers.map(name => make('option', { value: name }, titles[name])));
    }
    right.value = layer === 'photo' || layer === 'truth' ? 'prediction' : layer;
    left.value = layer === 'photo' && layers.includes('photo') ? 'photo' : 'truth';
    draw();
    if (!viewer.open) {
      viewer.showModal();
      slider.focus();
    }
  }

  function draw() {
    const [width, height] = strips.get(shown).dataset.size.split(' ').map(Number);
    const at = width * slider.value / 100;
    stage.setAttribute('viewBox', `0 0 ${width} ${height}`);
    stage.style.setProperty('--strength', opacity.value / 100);
    stage.replaceChildren(
      make('clipPath', { id: 'viewer-clip-left' }, make('rect', { width: at, height })),
      make('clipPath', { id: 'viewer-clip-right' }, make('rect', { x: at, width: width - at, height })),
      ...(has(shown, 'photo') ? [make('use', { href: `#i${shown}-photo` })] : []),
      side(left.value, 'left'), side(right.value, 'right'),
      make('line', { class: 'wipe', x1: at, x2: at, y1: 0, y2: height }));
  }

  function side(layer, name) {
    const group = make('g', { 'clip-path': `url(#viewer-clip-${name})` });
    if (layer !== 'photo') {
      group.append(make('use', { href: `#i${shown}-${layer}` }));
    }
    return group;
  }

  function step(by) {
    const order = [...strips.keys()];
    const next = order[(order.indexOf(shown) + by + order.length) % order.length];
    const [leftLayer, rightLayer] = [left.value, right.value];
    open(next, rightLayer);
    left.value = has(next, leftLayer) ? leftLayer : 'truth';
    right.value = has(next, rightLayer) ? rightLayer : 'prediction';
    draw();
  }

  [slider, opacity].forEach(input => input.addEventListener('input', draw));
  [left, right].forEach(select => select.addEventListener('change', draw));
  part('close').addEventListener('click', () => viewer.close());
  part('previous').addEventListener('click', () => step(-1));
  part('next').addEventListener('click', () => step(1));
  viewer.addEventListener('click', event => event.target === viewer && viewer.close());
})();
