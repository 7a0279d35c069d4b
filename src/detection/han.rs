//! Names of people and places written in Han and kana: Japanese surnames before given names, and the endings of places.
//! Knows frequent surnames only; says nothing of Chinese and Korean given names alone.

/// Frequent Japanese surnames, written for ropa.
const SURNAMES: &str = "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 清水 山崎 森 池田 橋本 阿部 石川 山下 中島 石井 小川 前田 岡田 \
長谷川 藤田 後藤 近藤 村上 遠藤 青木 坂本 斉藤 福田 太田 西村 藤井 金子 岡本 藤原 中野 三浦 原田 中川 松田 竹内 小野 田村 中山 和田 石田 森田 上田 原 内田 柴田 酒井 宮崎 横山 高木 安藤 宮本 \
大野 小島 工藤 谷口 今井 高田 増田 丸山 杉山 村田 大塚 新井 小山 平野 藤本 河野 上野 野口 武田 松井 千葉 岩崎 菅原 木下 久保 佐野 野村 松尾 市川 菊地 杉本 古川 大西 島田 水野 桜井 渡部 高野 \
吉川 山内 西田 飯田 菊池 西川 小松 北村 安田 五十嵐 川口 平田 関 中田 久保田 服部 東 岩田 土屋 川崎 福島 本田 辻 樋口 秋山 田口 永井 山中 中西 吉村 川上 大橋 石原 松岡 浜田 馬場 森本 矢野 浅野 \
松下 星野 大久保 吉岡 小池 野田 荒木 熊谷 松浦 大谷 内藤 黒田 尾崎 川村 永田 望月 松村 荒井 堀 西山 平井 大島 岩本 片山 本間 早川 横田 岡崎 荒川 大石 鎌田 成田 宮田 小田 石橋 篠原 須藤 河合 南 高山 \
王 李 张 張 刘 劉 陈 陳 杨 楊 黄 赵 趙 吴 吳 周 徐 孙 孫 马 馬 朱 胡 郭 何 罗 羅 梁 宋 郑 鄭 谢 謝 韩 韓 唐 冯 馮 于 董 萧 程 曹 袁 邓 鄧 许 許 傅 沈 曾 彭 吕 苏 蘇 蒋 蔡 贾 丁 魏 薛 叶 葉 阎 余 潘 杜 戴 夏 钟 汪 田 任 姜 \
范 方 石 姚 谭 廖 邹 熊 金 陆 郝 孔 白 崔 康 毛 邱 秦 江 史 顾 侯 邵 孟 龙 万 段 雷 钱 汤 尹 黎 易 常 武 乔 贺 赖 龚 文";

/// What a value reads as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Likely the name of a person.
    Name,
    /// A place.
    Place,
}

/// Whether a letter is Han or kana.
pub(super) fn is_letter(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '々')
}

/// What a whole value in Han or kana reads as; nothing for other letters.
pub(super) fn read_whole(value: &str) -> Option<Reading> {
    let letters: Vec<char> = value
        .chars()
        .filter(|c| !matches!(c, ' ' | '　' | '・'))
        .collect();
    if !(2..=8).contains(&letters.len()) || !letters.iter().all(|c| is_letter(*c)) {
        return None;
    }
    let last = letters[letters.len() - 1];
    if letters.len() >= 3
        && matches!(
            last,
            '市' | '県' | '區' | '区' | '町' | '村' | '都' | '府' | '省' | '道' | '郡'
        )
    {
        return Some(Reading::Place);
    }
    let text: String = letters.iter().collect();
    let starts = SURNAMES.split_whitespace().any(|surname| {
        text.strip_prefix(surname).is_some_and(|rest| {
            surname.chars().count() > 1 && rest.chars().count() <= 3
                || (1..=2).contains(&rest.chars().count())
        })
    });
    starts.then_some(Reading::Name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_places_are_read() {
        for name in ["佐藤 花子", "鈴木一郎", "高橋", "王小明"] {
            assert_eq!(read_whole(name), Some(Reading::Name), "{name}");
        }
        assert_eq!(read_whole("横浜市"), Some(Reading::Place));
        for other in ["配送", "Sato", "", "未婚"] {
            assert_eq!(read_whole(other), None, "{other}");
        }
    }
}
