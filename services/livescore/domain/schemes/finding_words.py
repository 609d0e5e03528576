"""What findings say, in both languages: what is wrong, and what to do about it.

Each entry is English, remedy, Chinese, remedy. `{...}` are values of the finding. The words about the rules are here,
those about files and sheets in their own modules.
"""

from collections.abc import Mapping
from typing import Literal

from services.livescore.domain.schemes.file_words import FILES
from services.livescore.domain.schemes.sheet_words import SHEETS

Words = tuple[str, str, str, str]

RULES: dict[str, Words] = {
    "max_not_positive": (
        "{id}: the maximum must be above zero", "Give the aspect marks, or take it out.",
        "{id}：最高分必须大于零", "请填写分值，或删除该评分点。",
    ),
    "judged_with_measure": (
        "{id}: a judged aspect has no measure", "Take the measure away, or make the aspect type M.",
        "{id}：评判类（J）评分点不能有测量规则", "请删除测量规则，或将类型改为 M。",
    ),
    "not_four_descriptors": (
        "{id}: a judged aspect has exactly four descriptors, for 0 to 3; here are {count}",
        "Write one descriptor for each of the scores 0, 1, 2 and 3.",
        "{id}：评判类（J）评分点必须恰好有 0 至 3 四条描述，这里有 {count} 条", "请为 0、1、2、3 各写一条描述。",
    ),
    "measured_with_descriptors": (
        "{id}: a measured aspect has no descriptors", "Take the descriptors away, or make the aspect type J.",
        "{id}：测量类（M）评分点不能有分级描述", "请删除描述，或将类型改为 J。",
    ),
    "no_measure": (
        "{id}: a measured aspect needs a measure", "Say how it is measured; `full` is all or nothing.",
        "{id}：测量类（M）评分点需要测量规则", "请写明如何测量；full 表示全得或不得。",
    ),
    "step_not_positive": (
        "{id}: the step must be above zero", "Write how many marks each error costs or each hit brings.",
        "{id}：步长必须大于零", "请写明每个错误扣多少分，或每项得多少分。",
    ),
    "floor_above_max": (
        "{id}: the floor must not be above the maximum", "Lower the floor.",
        "{id}：最低分不能高于最高分", "请降低最低分。",
    ),
    "unit_not_positive": (
        "{id}: the unit must be above zero", "Write how much makes one error, such as 1 for one millimetre.",
        "{id}：单位必须大于零", "请写明多少算一个错误，例如 1 表示一毫米。",
    ),
    "tolerance_negative": (
        "{id}: a tolerance must not be negative", "Write it without a sign.",
        "{id}：公差不能为负数", "请不要写负号。",
    ),
    "rung_above_max": (
        "{id}: no rung may be above the maximum", "Lower the rung, or raise the maximum.",
        "{id}：任何一级都不能高于最高分", "请降低该级分值，或提高最高分。",
    ),
    "rung_twice": (
        "{id}: every rung needs an award of its own", "Give each rung other marks, or join the two.",
        "{id}：每一级的分值不能相同", "请给出不同分值，或合并这两级。",
    ),
    "time_out_of_order": (
        "{id}: t_full must be 0 or more and below t_zero", "Write the seconds for full marks, then those for none.",
        "{id}：t_full 必须不小于 0 且小于 t_zero", "请先写满分时间（秒），再写零分时间（秒）。",
    ),
    "few_criteria": (
        "a skill normally has five to nine criteria; here are {count}", "Nothing, if it is meant so.",
        "一个赛项通常有五至九个评分标准，这里有 {count} 个", "若有意如此，可不处理。",
    ),
    "no_team": (
        "{id} names no marking team, while other forms do", "Name the team that marks this form for everybody.",
        "{id} 没有写评分小组，而其他评分表写了", "请写明为所有选手评这张表的小组。",
    ),
    "share_not_percent": (
        "the largest share of an aspect is a percentage above 0 and up to 100", "Write 5 for five percent.",
        "评分点的最大占比应为大于 0、不超过 100 的百分数", "5 表示百分之五；不需要时请删除。",
    ),
    "above_share": (
        "{id}: {max} marks are above {share} % of day {day}, which is {most}", "Split it, or lower its maximum.",
        "{id}：{max} 分超过第 {day} 天分值的 {share}%（即 {most} 分）", "请拆分该评分点，或降低最高分。",
    ),
    "total_not_100": (
        "the aspects add up to {total} instead of 100.00", "Change maxima until they add up to exactly 100.",
        "评分点合计为 {total}，而不是 100.00", "请调整最高分，使合计恰好为 100。",
    ),
    "too_much_time": (
        "time aspects hold {total} marks; no more than 20 are allowed", "Give time fewer marks.",
        "计时评分点共 {total} 分，最多允许 20 分", "请减少计时分值。",
    ),
    "id_twice": (
        "the id {id} is used twice", "Give one of them another id.",
        "编号 {id} 使用了两次", "请给其中一个换编号。",
    ),
    "not_in_criterion": (
        "{id} does not belong in criterion {parent}", "Move it, or give it an id that begins with {parent}.",
        "{id} 不属于评分标准 {parent}", "请移动它，或使用以 {parent} 开头的编号。",
    ),
    "not_in_form": (
        "{id} does not belong in sub criterion {parent}", "Move it, or give it an id that begins with {parent}.",
        "{id} 不属于分项 {parent}", "请移动它，或使用以 {parent} 开头的编号。",
    ),
    "section_twice": (
        "section {section} is there twice", "Take one away, or number it anew.",
        "标准部分 {section} 出现两次", "请删除其一，或重新编号。",
    ),
    "weights_not_100": (
        "the weights add up to {total}", "Change the weights of the sections until they add up to exactly 100.",
        "各部分权重合计为 {total}", "请调整权重，使合计恰好为 100。",
    ),
    "no_such_section": (
        "{id}: there is no section {section}", "Name a section that the table of sections has.",
        "{id}：没有标准部分 {section}", "请使用部分表中已有的编号。",
    ),
    "section_varies": (
        "section {section} carries {placed} marks for a weight of {weight}; all variations together: {together}",
        "Move marks between sections; more than 5 marks apart is not accepted.",
        "标准部分 {section} 的评分点共 {placed} 分，权重为 {weight}；所有偏差合计：{together}",
        "请在各部分之间调整分值；相差超过 5 分不予接受。",
    ),
    "sections_vary": (
        "all variations together: {together}", "Nothing; it is within what is allowed.",
        "所有偏差合计：{together}", "在允许范围内，可不处理。",
    ),
    "late_draft": (
        "the first draft comes less than eight weeks before the first day, {day}",
        "Nothing has to be done; give judges and competitors the scheme as soon as you can.",
        "首份草案距比赛首日（{day}）不足八周", "无须处理；请尽早将方案提供给裁判和选手。",
    ),
    "no_english": (
        "this text has no English", "Add the English.",
        "此文本缺少英文", "请补充英文。",
    ),
    "no_chinese": (
        "this text has no Chinese", "Add the Chinese.",
        "此文本缺少中文", "请补充中文。",
    ),
}  # fmt: skip

_NAMES_ZH = {
    "title": "标题", "sections": "标准部分", "criteria": "评分标准", "sub_criteria": "分项", "aspects": "评分点",
    "id": "编号", "name": "名称", "weight": "权重", "day": "评分日", "team": "评分小组", "type": "类型",
    "section": "标准部分",
    "description": "说明", "max": "最高分", "measure": "测量规则", "descriptors": "分级描述", "rungs": "分级",
    "step": "步长", "floor": "最低分", "unit": "单位", "nominal": "标称值", "tol": "公差", "pattern": "规则类型",
    "t_full": "满分时间", "t_zero": "零分时间", "award": "分值", "benchmark": "分级说明",
}  # fmt: skip

WORDS: dict[str, Words] = {**RULES, **FILES, **SHEETS}


def worded(code: str, values: Mapping[str, str], lang: Literal["en", "zh"]) -> tuple[str, str]:
    at = 0 if lang == "en" else 2
    if lang == "zh" and values.get("name") in _NAMES_ZH:
        values = {**values, "name": f"{_NAMES_ZH[values['name']]}（{values['name']}）"}
    detail, remedy = WORDS[code][at : at + 2]
    return detail.format_map(values), remedy.format_map(values)
