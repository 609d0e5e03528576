/* Whom a judge has in front on a form, and how each one's sheet stands. Pure.
 *
 * On a blind form these are pieces with a number, in place of people (R32). On a form that a panel marks, `marks` names the
 * sheets that are this judge's; on every other form a judge marks everybody who is no compatriot and in no conflict.
 */

export function peopleOn(sheet, form) {
  if (form.blind)
    return (form.pieces ?? []).map((id) => ({
      id,
      piece: id.replace(/^\D+/, ""),
      may_mark: form.marks.includes(id),
      why: "not_on_panel",
    }));
  return sheet.competitors.map((one) => ({
    ...one,
    may_mark: one.may_mark && (form.marks?.includes(one.id) ?? true),
    why: whyNot(one, sheet.judge.country),
  }));
}

function whyNot(one, country) {
  if (!["competing", "guest"].includes(one.status)) return one.status;
  if (one.country === country) return "compatriot";
  if (one.conflict) return "conflict";
  return one.may_mark ? "not_on_panel" : "notseated";
}

/** The sheet's state and what this judge may do with it; an untouched one is open. */
export function standing(sheet, form, who) {
  const known = sheet.sheets?.[form.id]?.[who];
  if (known) return known;
  const marks = peopleOn(sheet, form).find((one) => one.id === who)?.may_mark;
  const submits = form.submits?.includes(who) ?? marks;
  return { state: "open", version: 1, may: submits && sheet.sheets ? ["submit"] : [] };
}

const TAKES_MARKS = ["open", "remark", "reopened"];

/** Whether marks can be given on the sheet now, as far as is known here. */
export const takesMarks = ({ state }) => TAKES_MARKS.includes(state);

/** Whether this aspect can: in a re-mark only what was too far apart is marked again (R24). */
export const takesMark = (now, aspect) =>
  takesMarks(now) && (now.state !== "remark" || (now.again ?? []).includes(aspect));
