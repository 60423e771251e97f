// How wide letters and texts are.

let canvas: CanvasRenderingContext2D | null | undefined;

/** Width of a text in the font of an element, in CSS pixels. */
export function textWidth(text: string, element: Element): number {
  const { fontSize, fontFamily } = getComputedStyle(element);
  if (canvas === undefined) canvas = document.createElement('canvas').getContext('2d');
  // Without a canvas: what most fonts come to.
  if (!canvas) return text.length * (parseFloat(fontSize) || 11) * 0.6;
  canvas.font = `${fontSize} ${fontFamily}`;
  return canvas.measureText(text).width;
}

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
