import { answer, api, type Shape } from './client'

/** Sends a file part by part; `onProgress` hears the share that has arrived. The answer's S3Url is what import jobs read. */
export async function uploadFile(
  file: File,
  onProgress: (share: number) => void,
  signal?: AbortSignal,
): Promise<Shape<'rapport.UploadResponse'>> {
  const upload = await answer(api.POST('/rapport/v1/uploads', { body: { FileName: file.name }, signal }))
  const path = { 'upload-id': upload.Id }
  for (let part = 1, start = 0; start < file.size || part === 1; ++part) {
    const end = Math.min(file.size, start + upload.PartBytes)
    await answer(
      api.PUT('/rapport/v1/uploads/{upload-id}/parts/{part-number}', {
        params: { path: { ...path, 'part-number': part } },
        headers: { 'Content-Type': 'application/octet-stream' },
        body: file.slice(start, end) as unknown as string,
        bodySerializer: (body) => body,
        signal,
      }),
    )
    start = end
    onProgress(file.size === 0 ? 1 : end / file.size)
  }
  return answer(api.POST('/rapport/v1/uploads/{upload-id}/completion', { params: { path }, signal }))
}
