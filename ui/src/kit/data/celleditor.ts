// The field over a cell that is edited: Enter keeps, Escape gives up, Tab keeps and goes on.

export class CellEditor {
  readonly element = document.createElement('textarea');
  private open = true;

  constructor(
    parent: HTMLElement,
    readonly row: number,
    readonly column: number,
    text: string,
    title: string,
    /** Told the text, or null where it is given up, and how many columns to go on. */
    private readonly onend: (text: string | null, by: number) => void,
  ) {
    const { element } = this;
    element.className = 'edit';
    element.value = text;
    element.rows = text.includes('\n') ? 4 : 1;
    element.spellcheck = false;
    element.setAttribute('aria-label', `New value of ${title}`);
    element.addEventListener('keydown', (event) => this.key(event));
    element.addEventListener('blur', () => this.close(true));
    parent.append(element);
  }

  begin(): void {
    this.element.focus();
    this.element.select();
  }

  close(keep: boolean, by = 0): void {
    if (!this.open) return;
    this.open = false;
    const text = this.element.value;
    this.element.remove();
    this.onend(keep ? text : null, by);
  }

  private key(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === 'Escape') this.close(false);
    else if (event.key === 'Enter' && !event.shiftKey) this.close(true);
    else if (event.key === 'Tab') this.close(true, event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  }
}
