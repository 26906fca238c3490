/** QR codes in what the camera sees: the browser's own reader where there is one, ZXing as WASM of ours elsewhere. */

import { BarcodeDetector, prepareZXingModule } from "barcode-detector/ponyfill";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";

export { wasm };

type Detector = { detect(image: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]> };

export class QrReader {
  readonly #detector: Detector;

  private constructor(detector: Detector) {
    this.#detector = detector;
  }

  static async make(): Promise<QrReader> {
    const own = (globalThis as { BarcodeDetector?: typeof BarcodeDetector }).BarcodeDetector;
    if (own && (await own.getSupportedFormats()).includes("qr_code"))
      return new QrReader(new own({ formats: ["qr_code"] }));
    prepareZXingModule({ overrides: { locateFile: () => wasm } });
    return new QrReader(new BarcodeDetector({ formats: ["qr_code"] }));
  }

  async read(image: HTMLVideoElement): Promise<string | null> {
    const [found] = await this.#detector.detect(image);
    return found?.rawValue ?? null;
  }
}
