// How the editor looks: the page's own colours, in both themes.

import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const view = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--surface)', color: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller:focus-within': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', fontSize: '0.8125rem', lineHeight: '1.25rem' },
  '.cm-content': { padding: '6px 0', caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)', borderLeftWidth: '2px' },
  '.cm-gutters': {
    border: 'none',
    borderRight: '1px solid var(--line)',
    backgroundColor: 'var(--sunken)',
    color: 'var(--muted)',
  },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '2.25rem', padding: '0 6px 0 4px' },
  '.cm-line': { padding: '0 8px 0 10px' },
  '.cm-now': { boxShadow: 'inset 3px 0 0 var(--accent-strong)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
    { background: 'var(--accent-soft)' },
  '.cm-placeholder': { color: 'var(--muted)' },
  '&.cm-focused .cm-matchingBracket': {
    outline: '1px solid var(--edge)',
    backgroundColor: 'transparent',
  },
  '&.cm-focused .cm-nonmatchingBracket': {
    outline: '1px solid var(--bad)',
    backgroundColor: 'var(--bad-soft)',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--warn-soft)', outline: '1px solid var(--edge)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--accent-soft)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad)',
    textUnderlineOffset: '3px',
  },
  '.cm-tooltip': {
    border: '1px solid var(--edge)',
    borderRadius: 'var(--radius-small)',
    backgroundColor: 'var(--raised)',
    color: 'var(--text)',
  },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--bad)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    maxHeight: '16rem',
    fontFamily: 'var(--mono)',
    fontSize: '0.75rem',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px', lineHeight: '1.25rem' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--chosen)',
    color: 'var(--text)',
  },
  '.cm-completionMatchedText': {
    textDecoration: 'none',
    fontWeight: '700',
    color: 'var(--accent)',
  },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal', marginLeft: '1rem' },
  '.cm-completionIcon': { width: '1.25rem', color: 'var(--muted)', opacity: '1' },
  // The usual signs are pictures that not every system has.
  '.cm-completionIcon-keyword::after': { content: "''" },
  '.cm-completionIcon-type::after': { content: "''" },
  '.cm-completionIcon-variable::after': { content: "''" },
  '.cm-completionIcon-table::after': { content: "'▦'" },
  '.cm-completionIcon-schema::after': { content: "'▤'" },
  '.cm-completionIcon-column::after': { content: "'▥'" },
  '.cm-completionIcon-alias::after': { content: "'≈'" },
  '.cm-completionIcon-param::after': { content: "':'" },
  '.cm-completionIcon-query::after': { content: "'★'" },
  '.cm-panels': {
    borderBottom: '1px solid var(--line)',
    backgroundColor: 'var(--sunken)',
    color: 'var(--text)',
  },
  '.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-panel.cm-search': { padding: '6px 28px 6px 8px' },
  '.cm-panel.cm-search label': { fontSize: '0.75rem', marginRight: '0.75em' },
  '.cm-textfield': {
    height: '1.75rem',
    border: '1px solid var(--edge)',
    borderRadius: 'var(--radius-small)',
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    fontSize: '0.75rem',
  },
  '.cm-button': {
    height: '1.75rem',
    border: '1px solid var(--edge)',
    borderRadius: 'var(--radius-small)',
    backgroundImage: 'none',
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    fontSize: '0.75rem',
    '&:active': { backgroundImage: 'none', backgroundColor: 'var(--hover)' },
  },
  '.cm-panel.cm-search [name=close]': { color: 'var(--text)', fontSize: '1rem', width: '1.5rem' },
});

const words = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--series-3)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--warn)' },
  { tag: [tags.lineComment, tags.blockComment], color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--series-1)' },
  { tag: [tags.propertyName, tags.function(tags.variableName)], color: 'var(--series-7)' },
  { tag: tags.special(tags.name), color: 'var(--series-5)', fontWeight: '600' },
  { tag: tags.heading, fontWeight: '600' },
  { tag: tags.link, color: 'var(--accent)' },
  { tag: tags.invalid, color: 'var(--bad)' },
]);

export const look = [view, syntaxHighlighting(words)];
