/* The access sheet: a link to hand over, as text, QR code or paper.
 *
 * It is shown once and never listed again; a lost link is replaced by a new one.
 */

import { bdi, el, write } from "/shared/dom.js";
import { moment, t } from "/shared/i18n.js";

/** `access` has link, qr and expires_at; `more` is what stands under the name, `secret` what the link lets one do. */
export function accessSheet(access, { name, mark, more, secret }) {
  const link = el("input", {
    readonly: true,
    value: access.link,
    "aria-label": t("judge.link"),
    onclick: () => link.select(),
  });
  const copied = el("span", { role: "status", class: "soft" });
  const copy = async () => {
    link.select();
    try {
      await navigator.clipboard.writeText(access.link);
      write(copied, t("copied"));
    } catch {
      write(copied, document.execCommand("copy") ? t("copied") : t("copy.self"));
    }
  };
  return el(
    "section",
    { class: "paper" },
    el("img", { src: access.qr, alt: t("judge.qr"), width: 192, height: 192 }),
    el(
      "div",
      {},
      el("h2", {}, bdi(name), " ", mark),
      more.map((line) => el("p", {}, line)),
      el("p", { class: "field" }, link),
      el("p", {}, secret),
      access.expires_at && el("p", { class: "soft" }, t("judge.until", { time: moment(access.expires_at) })),
      el(
        "div",
        { class: "row" },
        el("button", { class: "main", onclick: copy }, t("copy")),
        el("button", { onclick: () => print() }, t("print")),
        copied,
      ),
    ),
  );
}
