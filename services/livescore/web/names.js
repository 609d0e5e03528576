/* A competitor, or on a blind form a piece, as a node: "07 Nia" or "Piece 417". */

import { bdi } from "/shared/dom.js";
import { t } from "/shared/i18n.js";

export const nameOf = (who) => (who.piece ? t("piece", { number: who.piece }) : bdi(`${who.bib} ${who.name}`));
