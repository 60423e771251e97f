// The questions by name, which is all that the palette needs of them.

/** Each with its text as people ask it, and other words to find it by. The names never change:
 * addresses and recent entries refer to them. */
export const ASKS = {
  'who-changed': {
    text: 'Who changed this file the most, and who touched it last?',
    words: 'author owner blame history',
  },
  'resolved-by': { text: 'Which commits resolved this issue?', words: 'fixed closed ticket jira' },
  'discussed-in': {
    text: 'Which pull request was this change discussed in?',
    words: 'review commit pr discussion',
  },
  'why-changed': {
    text: 'Why has this component changed so often in the last 90 days?',
    words: 'churn hot frequent module',
  },
  'occurred-before': {
    text: 'Has this bug occurred before?',
    words: 'similar duplicate regression stack trace error',
  },
  'read-first': {
    text: 'What should a newcomer read to learn this?',
    words: 'onboarding learn start new module',
  },
  'who-reviews': { text: 'Who should review this?', words: 'reviewer suggest pull request assign' },
  risk: { text: 'Which files carry risk?', words: 'risky dangerous hotspots fragile' },
  'one-person': {
    text: 'Which component depends on one person?',
    words: 'bus factor truck single point knowledge',
  },
  'who-knows': { text: 'Who knows this file or component?', words: 'expert ask help owner' },
  'why-line': { text: 'Why is this line here?', words: 'blame reason story explain code' },
} as const;

export type AskId = keyof typeof ASKS;
