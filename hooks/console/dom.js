// Building of DOM nodes. Text is only ever text: nothing here, nor anywhere else, reads markup.

/// A new element. `attributes`: "on..." adds a listener, "class" and all others are set; false,
/// null and undefined leave an attribute out. `children`: nodes, texts, or lists of these; what is
/// false, null or undefined is left out.
export function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on')) {
      node.addEventListener(name.slice(2), value);
    } else if (name === 'value' || name === 'checked' || name === 'indeterminate') {
      node[name] = value;
    } else {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  node.append(...nodesOf(children));
  return node;
}

function nodesOf(children) {
  return children.flat(Infinity)
      .filter((child) => child !== false && child !== null && child !== undefined)
      .map((child) => (child instanceof Node ? child : document.createTextNode(String(child))));
}

/// Replaces what a node holds, and gives the node.
export function fill(node, ...children) {
  node.replaceChildren(...nodesOf(children));
  return node;
}

export const byId = (id) => document.getElementById(id);

/// Keys of a row of tabs or of a group that is one stop of the tabulator: arrows, Home and End.
export function moveWithArrows(list, items, choose) {
  list.addEventListener('keydown', (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement);
    if (at < 0) return;
    const to = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: all.length - 1
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = all[(to + all.length) % all.length];
    next.focus();
    choose(next);
  });
}

/// Remembers which control of a part has the focus; the function gives it back after a redraw, or
/// to the cards where the control is gone.
export function focusPlace(part) {
  const active = document.activeElement;
  const holder = part.contains(active) && active.closest('[data-input]');
  if (!holder) return () => {};
  const place = `[data-input="${CSS.escape(holder.dataset.input)}"]`;
  const value = active.type === 'radio' ? `[value="${CSS.escape(active.value)}"]` : '';
  const tag = active.localName;
  return () => {
    const again = part.querySelector(`${place} ${tag}${value}`) ||
        part.querySelector(`${place} input`) || byId('cards');
    again.focus({preventScroll: true});
  };
}
