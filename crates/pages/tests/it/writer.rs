//! A writer of small PDF files (ISO 32000-1).

/// A document of pages of so many points; each page has the content that `content` gives for its number, from 1.
pub fn pdf(pages: usize, width: u32, height: u32, content: impl Fn(usize) -> String) -> Vec<u8> {
    let kids: Vec<String> = (0..pages).map(|page| format!("{} 0 R", 4 + 2 * page)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Count {pages}/Kids[{}]>>", kids.join(" ")),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    for page in 0..pages {
        let drawn = content(page + 1);
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Resources<</Font<</F 3 0 R>>>>/Contents {} 0 R>>",
            5 + 2 * page
        ));
        objects.push(format!("<</Length {}>>stream\n{drawn}\nendstream", drawn.len()));
    }
    written(&objects)
}

/// Objects from number 1 on, the first of which is the catalogue.
pub fn written(objects: &[String]) -> Vec<u8> {
    let mut file = "%PDF-1.7\n".to_owned();
    let mut at = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        at.push(file.len());
        file += &format!("{} 0 obj\n{object}\nendobj\n", number + 1);
    }
    let table = file.len();
    file += &format!("xref\n0 {}\n0000000000 65535 f \n", at.len() + 1);
    for at in &at {
        file += &format!("{at:010} 00000 n \n");
    }
    file += &format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n", at.len() + 1);
    file.into_bytes()
}
