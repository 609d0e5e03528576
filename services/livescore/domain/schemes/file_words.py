"""What findings say about a file as a whole and about the shape of its parts; English, remedy, Chinese, remedy."""

FILES: dict[str, tuple[str, str, str, str]] = {
    "file_empty": (
        "the file is empty", "Choose the file again.",
        "文件是空的", "请重新选择文件。",
    ),
    "file_too_large": (
        "the file is larger than {limit}", "Take out pictures and whatever is no marking scheme.",
        "文件超过 {limit}", "请删除图片及与评分方案无关的内容。",
    ),
    "not_utf8": (
        "the file is not UTF-8", "Save it again with the encoding UTF-8.",
        "文件不是 UTF-8 编码", "请另存为 UTF-8 编码。",
    ),
    "not_yaml": (
        "not YAML: {said}", "Look at indentation, colons and quotes here and on the line before.",
        "不是有效的 YAML：{said}", "请检查此行及上一行的缩进、冒号和引号。",
    ),
    "control_character": (
        "a control character is not allowed", "Delete it; it is invisible in most editors.",
        "不允许使用控制字符", "请删除；多数编辑器中看不见它。",
    ),
    "two_documents": (
        "the file holds more than one document", "Keep one scheme, and take out the line ---.",
        "文件中有多个文档", "请只保留一个方案，并删除 --- 行。",
    ),
    "yaml_alias": (
        "an alias (*{name}) is not allowed", "Write the text out.",
        "不允许使用别名（*{name}）", "请把内容完整写出。",
    ),
    "yaml_anchor": (
        "an anchor (&{name}) is not allowed", "Delete it, and write out what refers to it.",
        "不允许使用锚点（&{name}）", "请删除，并把引用之处完整写出。",
    ),
    "yaml_tag": (
        "a tag ({name}) is not allowed", "Delete it.",
        "不允许使用标签（{name}）", "请删除。",
    ),
    "too_deep": (
        "nested more than {depth} levels deep", "A scheme is seven levels deep; look at the brackets.",
        "嵌套超过 {depth} 层", "评分方案只有七层，请检查括号。",
    ),
    "key_twice": (
        "the key is there twice, first on line {first}", "Delete one of the two.",
        "此键出现两次，第一次在第 {first} 行", "请删除其中一个。",
    ),
    "key_not_plain": (
        "a key must be a plain word", "Write the name of a field before the colon.",
        "键必须是普通单词", "请在冒号前写字段名。",
    ),
    "not_a_scheme": (
        "the file must hold a mapping with title, sections and criteria", "Begin with the example scheme.",
        "文件必须包含 title、sections 和 criteria", "请从示例方案开始编写。",
    ),
    "missing": (
        "{name} is missing", "Fill it in.",
        "缺少 {name}", "请填写。",
    ),
    "not_a_field": (
        "this is not a field that belongs here", "Delete it, or mend its spelling.",
        "此处没有这个字段", "请删除，或更正拼写。",
    ),
    "too_many": (
        "{name}: more than {limit} are not allowed", "Take some out.",
        "{name}：不能超过 {limit} 个", "请减少数量。",
    ),
    "too_few": (
        "{name}: there are too few", "Add what is missing.",
        "{name}：数量太少", "请补充。",
    ),
    "shape": (
        "{said}", "Write it as in the example scheme.",
        "格式不正确：{said}", "请按示例方案的写法填写。",
    ),
    "not_whole": (
        "this must be a whole number", "Write it in digits, such as 2.",
        "此处必须是整数", "请用数字填写，例如 2。",
    ),
    "not_yes_or_no": (
        "this must be true or false", "Write true or false.",
        "此处必须是 true 或 false", "请填写 true 或 false。",
    ),
    "out_of_range": (
        "this number is out of range; the limit is {limit}", "Write a number within the limit.",
        "数字超出范围，界限为 {limit}", "请填写范围内的数字。",
    ),
    "text_too_long": (
        "the text is longer than {limit} characters", "Shorten it.",
        "文本超过 {limit} 个字符", "请缩短。",
    ),
    "not_one_of": (
        "this must be one of {expected}", "Choose one of these.",
        "此处只能是 {expected} 之一", "请选择其中之一。",
    ),
    "not_an_id": (
        "must be an id such as A, A1 or A1.2", "Write a letter A to I, a number, and for aspects a point and a number.",
        "必须是 A、A1 或 A1.2 这样的编号", "请写字母 A 至 I、数字；评分点再加点号和数字。",
    ),
    "not_a_decimal": (
        "must be a plain decimal number; marks have at most two decimals and no sign",
        "Write it in the digits 0 to 9, such as 2.50.",
        "必须是普通小数；分值最多两位小数，不带正负号", "请用数字 0 至 9 填写，例如 2.50。",
    ),
    "no_text": (
        "needs a text in English (en) or Chinese (zh)", "Write the text.",
        "需要英文（en）或中文（zh）文本", "请填写文本。",
    ),
}  # fmt: skip
