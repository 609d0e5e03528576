/* The sheet as the service last showed it, with the receipts that came since. Pure. */

/** Put an acknowledged mark into its cell, as the next look at the service will show it. */
export function withReceipt(sheet, { body }, receipt) {
  const { state, seq, award, round } = receipt;
  const cells = (sheet.cells[body.competitor] ??= {});
  if (cells[body.aspect]?.seq > seq) return; // a look that was under way has brought something newer
  const given = body.score == null ? { value: body.value } : { score: body.score };
  cells[body.aspect] = {
    ...cells[body.aspect],
    ...given,
    checks: undefined,
    doubted: undefined,
    paper: body.paper,
    state,
    seq,
    award,
    round,
    mine: true,
    marked_at: body.marked_at,
  };
  sheet.seq = Math.max(sheet.seq, seq);
}

export const formsOf = (sheet) => sheet.criteria.flatMap((criterion) => criterion.sub_criteria);

/** The form that holds an aspect, and the aspect. */
export function findAspect(sheet, id) {
  for (const form of formsOf(sheet)) {
    const aspect = form.aspects.find((one) => one.id === id);
    if (aspect) return { form, aspect };
  }
  return {};
}
