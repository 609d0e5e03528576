"""What findings say about spreadsheets; English, remedy, Chinese, remedy."""

SHEETS: dict[str, tuple[str, str, str, str]] = {
    "not_a_workbook": (
        "this is no .xlsx workbook", "Save it in the spreadsheet program as Excel workbook (.xlsx).",
        "这不是 .xlsx 工作簿", "请在表格软件中另存为 Excel 工作簿（.xlsx）。",
    ),
    "old_workbook": (
        "this is an old .xls workbook", "Save it as Excel workbook (.xlsx).",
        "这是旧的 .xls 工作簿", "请另存为 Excel 工作簿（.xlsx）。",
    ),
    "locked_workbook": (
        "the workbook is protected by a password", "Take the password away and save it again.",
        "工作簿有密码保护", "请取消密码后重新保存。",
    ),
    "damaged_workbook": (
        "the workbook is damaged and cannot be read", "Open it in the spreadsheet program and save it again.",
        "工作簿已损坏，无法读取", "请用表格软件打开后重新保存。",
    ),
    "macros": (
        "the workbook holds macros, and such files are not taken", "Save it as .xlsx, without macros.",
        "工作簿含有宏，不予接受", "请另存为不含宏的 .xlsx。",
    ),
    "external_links": (
        "the workbook draws on other files or sources", "Break the links (Data, Edit Links) and save it again.",
        "工作簿引用了其他文件或数据源", "请断开链接（数据—编辑链接）后重新保存。",
    ),
    "embedded_objects": (
        "the workbook holds embedded objects", "Delete them and save it again.",
        "工作簿含有嵌入对象", "请删除后重新保存。",
    ),
    "unfolds": (
        "the workbook unfolds to more than {limit}", "Copy the scheme's cells into a new workbook.",
        "工作簿解压后超过 {limit}", "请把方案单元格复制到新的工作簿。",
    ),
    "too_many_parts": (
        "the workbook consists of more than {limit} parts", "Copy the scheme's cells into a new workbook.",
        "工作簿包含超过 {limit} 个部件", "请把方案单元格复制到新的工作簿。",
    ),
    "document_type": (
        "the workbook declares XML entities or another encoding than UTF-8", "Save it again in a spreadsheet program.",
        "工作簿声明了 XML 实体或非 UTF-8 编码", "请用表格软件重新保存。",
    ),
    "too_many_rows": (
        "the sheet has more than {limit} rows", "Delete everything below the scheme, also empty rows with a format.",
        "工作表超过 {limit} 行", "请删除方案以下的所有行，包括带格式的空行。",
    ),
    "too_many_cells": (
        "the workbook has more than {limit} cells", "Delete the sheets and columns that are not needed.",
        "工作簿超过 {limit} 个单元格", "请删除不需要的工作表和列。",
    ),
    "too_hard": (
        "reading the file took more time or memory than a scheme needs", "Copy the scheme's cells into a new workbook.",
        "读取此文件所需的时间或内存超出评分方案的需要", "请把方案单元格复制到新的工作簿。",
    ),
    "no_sheet": (
        "no sheet is named CIS Marking Scheme Import; there are: {names}", "Give the sheet of the scheme this name.",
        "没有名为 CIS Marking Scheme Import 的工作表；现有：{names}", "请把方案所在工作表改为此名称。",
    ),
    "merged": (
        "{range} is merged over several rows", "Unmerge these cells and fill in each row.",
        "{range} 合并了多行单元格", "请取消合并，并逐行填写。",
    ),
    "cell_formula": (
        "this cell holds a formula, and formulas are not worked out here",
        "Replace it by its value; a text that begins with = needs an apostrophe in front.",
        "此单元格是公式，系统不计算公式", "请粘贴为数值；以 = 开头的文本请在前面加撇号。",
    ),
    "cell_date": (
        "this cell holds a date", "Set its format to Text and type it again; spreadsheets turn 1.2 into a date.",
        "此单元格是日期", "请把格式设为文本或数值后重新输入；表格软件会把 1.2 变成日期。",
    ),
    "cell_error": (
        "this cell holds an error of the spreadsheet ({said})", "Type the value.",
        "此单元格是表格错误值（{said}）", "请直接填写数值。",
    ),
    "cell_bool": (
        "this cell holds true or false", "Type a number or a text.",
        "此单元格是逻辑值", "请填写数字或文本。",
    ),
    "no_section_table": (
        "there is no table of sections: a row with Section in column A and WSSS Marks or WSOS Marks",
        "Add the table, with the number in A, the name in B and the marks in I.",
        "没有标准部分表：应有一行 A 列为 Section，并有 WSSS Marks 或 WSOS Marks",
        "请添加该表：A 列编号，B 列名称，I 列分值。",
    ),
    "no_criteria_table": (
        "there is no table of criteria: a row with ID in column A and Name in column B",
        "Add the table, with the letter in A, the name in B and the mark in K.",
        "没有评分标准表：应有一行 A 列为 ID，B 列为 Name", "请添加该表：A 列字母，B 列名称，K 列分值。",
    ),
    "no_blocks": (
        "there is no block of aspects: a row with Sub Criterion ID and Aspect Type", "Begin with an exported scheme.",
        "没有评分点区块：应有一行含 Sub Criterion ID 与 Aspect Type", "请从导出的方案开始编写。",
    ),
    "no_heading": (
        "this block has no column {names}", "Write the heading as in an exported scheme.",
        "此区块缺少列 {names}", "请按导出方案书写列标题。",
    ),
    "unknown_criterion": (
        "criterion {id} is not in the table of criteria", "Add it to the table, with its name.",
        "评分标准 {id} 不在评分标准表中", "请在表中添加并写明名称。",
    ),
    "criterion_without_block": (
        "criterion {id} has no block of aspects", "Add the block, or take the criterion out of the table.",
        "评分标准 {id} 没有评分点区块", "请添加区块，或从表中删除。",
    ),
    "block_twice": (
        "criterion {id} has two blocks", "Join them.",
        "评分标准 {id} 有两个区块", "请合并。",
    ),
    "aspect_without_form": (
        "an aspect stands before the first sub criterion of its block", "Put the row of its sub criterion above it.",
        "评分点位于区块第一个分项之前", "请在其上方添加分项行。",
    ),
    "row_without_type": (
        "this row has no aspect type", "Write M or J in this column, or empty the row.",
        "此行没有评分点类型", "请在此列填写 M 或 J，或清空此行。",
    ),
    "old_type_s": (
        "the old type S (subjective) is no longer used", "Write J and four descriptors, or M if it is measured.",
        "旧类型 S（主观）已不再使用", "请改为 J 并写四条描述；若为测量则写 M。",
    ),
    "old_type_o": (
        "the old type O (objective) was read as M", "Nothing; write M when you next change the file.",
        "旧类型 O（客观）已按 M 读取", "可不处理；下次修改时请写 M。",
    ),
    "score_alone": (
        "a score stands under no aspect", "Put it right under its judged aspect.",
        "此分数上方没有评分点", "请放在对应的评判类评分点下方。",
    ),
    "scores_not_0_to_3": (
        "{id}: the four rows under a judged aspect carry the scores 0, 1, 2 and 3, each once",
        "Write these scores in the column Judg Score.",
        "{id}：评判类评分点下面四行应分别为 0、1、2、3", "请在 Judg Score 列填写这些分数。",
    ),
    "scores_under_measure": (
        "{id}: rows with scores stand under a measured aspect", "Write [ladder] in its column G, or make it type J.",
        "{id}：测量类评分点下面有分数行", "请在其 G 列写 [ladder]，或将类型改为 J。",
    ),
    "free_text": (
        "{id}: column G says no rule in brackets, so this is all or nothing; the text is shown to judges",
        "If there are partial marks write a rule first, such as [deduct 0.25]; otherwise [full].",
        "{id}：G 列没有方括号规则，因此按全得或不得处理；该文本会显示给裁判",
        "若有部分得分，请先写规则，例如 [deduct 0.25]；否则写 [full]。",
    ),
    "rule_unknown": (
        "{id}: [{said}] is no rule known here, and was taken for a text", "Mend its spelling, or put [] in front.",
        "{id}：[{said}] 不是已知规则，已作为文本处理", "请更正拼写，或在前面加 []。",
    ),
    "rule_form": (
        "[{said}] is not complete or not understood", "Write it as {form}.",
        "[{said}] 不完整或无法理解", "请写成 {form}。",
    ),
    "rule_twice": (
        "two rules stand in one cell: {said}", "Keep one.",
        "一个单元格中有两条规则：{said}", "请只保留一条。",
    ),
    "score_missing": (
        "this text stands under a judged aspect without its score", "Write 0, 1, 2 or 3 in this column.",
        "此文本位于评判类评分点下方，但没有分数", "请在此列填写 0、1、2 或 3。",
    ),
    "text_not_used": (
        "this text beside a sub criterion is not used: {said}", "Nothing; for a team write [team] and its name.",
        "分项旁的此文本未被使用：{said}", "可不处理；若为评分小组，请写 [team] 加名称。",
    ),
    "total_differs": (
        "here stands {said}, but the aspects add up to {total}", "Correct the total; the aspects are what counts.",
        "此处为 {said}，而评分点合计为 {total}", "请更正合计；以评分点为准。",
    ),
}  # fmt: skip
