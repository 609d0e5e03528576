/* Whether this device's clock is right, by the time that stands on the service's answers.
 *
 * Marks carry the device's time (R44). One that is more than five minutes ahead of the service's is refused; one that is
 * behind is not, because marks are given offline too. Answers are good to a second or two and to the way they took.
 */

const WRONG_MS = 60 * 1000;

/** How far ahead this clock is, in milliseconds; null before the first answer. */
export const clock = { ahead: null };

export function heard(date) {
  if (!Number.isFinite(date)) return;
  clock.ahead = Date.now() - date;
}

export const isWrong = () => clock.ahead != null && Math.abs(clock.ahead) > WRONG_MS;

/** The same moment by the service's clock. */
export const putRight = (at) => new Date(Date.parse(at) - (isWrong() ? clock.ahead : 0)).toISOString();
