// How wide a letter is, measured once for each font.

const widths = new Map<string, number>();

/** Width of one letter of a monospaced element, in CSS pixels. */
export function letterWidth(element: Element): number {
  const { fontSize, fontFamily } = getComputedStyle(element);
  const font = `${fontSize} ${fontFamily}`;
  let width = widths.get(font);
  if (width === undefined) {
    const context = document.createElement('canvas').getContext('2d');
    if (context) context.font = font;
    // Without a canvas: what most monospaced fonts come to.
    width = context?.measureText('m').width || (parseFloat(fontSize) || 12) * 0.62;
    widths.set(font, width);
  }
  return width;
}
