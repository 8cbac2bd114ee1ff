/** The HTML of an e-mail to begin with: a card on a grey page, greeting by name. Mail programs want inline styles. */
export const mailStarter = (body: string) => `<!doctype html>
<html>
  <body style="margin:0;background:#f4f5f7;font-family:Arial,sans-serif;color:#1a1a1a">
    <div style="max-width:560px;margin:24px auto;padding:24px;background:#ffffff;border-radius:8px">
      <h1 style="font-size:22px;margin:0 0 12px">{{User.UserAttributes.FirstName}}</h1>
      <p style="font-size:16px;line-height:1.5">${body}</p>
    </div>
  </body>
</html>
`
