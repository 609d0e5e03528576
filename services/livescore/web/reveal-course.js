/* How far the ceremony has come, for the presenter's page and the hall screen: the reveal that the public follows, or else
 * the rehearsal while there is one. A rehearsal that nobody ended never covers the reveal.
 */

/** `{step, steps, rehearsal}`, or null while nothing is under way. */
export function course({ reveal, rehearsal, steps }) {
  if (reveal) return { step: reveal.step, steps, rehearsal: false };
  return rehearsal && { step: rehearsal.step, steps: rehearsal.steps, rehearsal: true };
}
