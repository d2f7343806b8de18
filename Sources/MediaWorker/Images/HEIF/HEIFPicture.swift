import FFmpeg
import MediaModel

/// Decodes the primary item of a HEIF or AVIF file: a coded picture or a grid of them, with its opacity, cut to its clean aperture.
/// The demuxers of FFmpeg do not put grids together before version 7, nor apply the transformations.
struct HEIFPicture {
    /// The maximum size of a picture's data, in bytes.
    static let maximumBytes = 64 << 20
    /// How many pixels are decoded in all, relative to the maximum of a picture: tiles may extend beyond it.
    private static let decodedShare = 2

    let source: ByteSource
    let items: HEIFItems
    /// The offset of ``HEIFItems/bytes`` in the file.
    let offset: Int
    let header: ImageHeader
    let policy: MediaPolicy
    let deadline: Deadline

    /// The picture, before it is turned.
    /// - Throws: ``FFmpegError/Code/unsupported`` with the reason where it cannot be decoded, ``FFmpegError/Code/missingBytes``
    ///   where the file ends before its data, ``FFmpegError/Code/deadline``, or an error of the decoder.
    func decoded() throws(FFmpegError) -> StillPicture.Decoded {
        guard let primary = items.primary else {
            throw FFmpegError(.unsupported, "the file does not say which of its items is the picture")
        }
        var frame = try picture(primary)
        let colours = tagColours(frame, of: primary)
        if let alpha = opacity(of: primary) {
            let isPremultiplied = items.references("prem", from: primary).contains(alpha)
            frame = try frame.withOpacity(try picture(alpha), isPremultiplied: isPremultiplied)
        }
        if let crop = header.crop { frame.crop(x: crop.x, y: crop.y, width: crop.width, height: crop.height) }
        return StillPicture.Decoded(frame: frame, colours: colours)
    }

    /// Whether the data of the picture are all in the file; `true` where the file does not say where they are.
    var isComplete: Bool {
        guard let primary = items.primary else { return true }
        do throws(FFmpegError) {
            for item in try HEIFLayout(of: primary, in: items, data: data).items { _ = try ranges(of: item) }
            return true
        } catch {
            return error.code != .missingBytes
        }
    }

    /// Decodes an item or the tiles of a grid.
    private func picture(_ item: Int) throws(FFmpegError) -> Frame {
        let layout = try HEIFLayout(of: item, in: items, data: data)
        if let size = items.property("ispe", of: item), let width = size.bigEndian(4, 4),
            let height = size.bigEndian(8, 4)
        {
            try checkPixels(width, height)
        }
        if let grid = layout.grid { try checkPixels(grid.width, grid.height) }
        var decoder: (configuration: [UInt8], decoder: ItemDecoder)?
        var canvas: PictureCanvas?
        var pixels = 0
        for (index, tile) in layout.items.enumerated() {
            try deadline.check()
            let configuration = try configuration(of: tile, layout.coding)
            if decoder?.configuration != configuration {
                let settings = DecoderSettings(maximumPixels: policy.maximumDecodedPixels)
                decoder = (
                    configuration, try ItemDecoder(layout.coding, configuration: configuration, settings: settings)
                )
            }
            guard let frame = try decode(tile, decoder?.decoder) else { continue }
            guard let grid = layout.grid else { return frame }
            pixels += frame.width * frame.height
            guard pixels <= Self.decodedShare * policy.maximumDecodedPixels else {
                throw FFmpegError(.unsupported, "the tiles of the picture are much larger than it")
            }
            if canvas == nil {
                guard frame.width * grid.columns >= grid.width, frame.height * grid.rows >= grid.height else {
                    throw FFmpegError(.invalidData, "the tiles do not cover the picture")
                }
                canvas = try PictureCanvas(width: grid.width, height: grid.height, tilesLike: frame)
            }
            try canvas?.place(frame, column: index % grid.columns, row: index / grid.columns)
        }
        guard let canvas else { throw FFmpegError(.invalidData, "the picture has no tiles") }
        return canvas.frame
    }

    private func decode(_ item: Int, _ decoder: ItemDecoder?) throws(FFmpegError) -> Frame? {
        do throws(FFmpegError) {
            return try decoder?.decode(try data(of: item))
        } catch {
            // The header says how many pixels there are: a decoder that finds many more reads damaged data.
            guard error.code == .limit else { throw error }
            throw FFmpegError(.invalidData, error.message)
        }
    }

    private func configuration(of item: Int, _ coding: ItemDecoder.Coding) throws(FFmpegError) -> [UInt8] {
        // AV1 repeats it in the data.
        guard coding == .hevc else { return [] }
        guard let configuration = items.property("hvcC", of: item) else {
            throw FFmpegError(.unsupported, "the file has no configuration for the decoder of its picture")
        }
        return Array(configuration)
    }

    private func checkPixels(_ width: Int, _ height: Int) throws(FFmpegError) {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, pixels <= policy.maximumDecodedPixels else {
            throw FFmpegError(.unsupported, policy.tooManyPixelsToDecode(width, height))
        }
    }

    /// The item with the opacity of `item` (ISO/IEC 23008-12, 6.4.5 and 6.5.8).
    private func opacity(of item: Int) -> Int? {
        items.references.first { reference in
            guard reference.type == "auxl", reference.to.contains(item) else { return false }
            guard let type = items.property("auxC", of: reference.from) else { return false }
            return PictureProperties.isOpacity(auxC: type)
        }?.from
    }

    /// Tags the frame with what the file says of its colours (ISO/IEC 14496-12, 12.1.5), which takes precedence over the coded
    /// picture, and returns the conversion that its profile requires.
    private func tagColours(_ frame: Frame, of item: Int) -> ColourConversion? {
        var colours: ColourConversion?
        for property in items.properties(of: item) ?? [] where property.type == "colr" {
            let content = items.bytes[property.content]
            if content.has("nclx"), let primaries = content.bigEndian(4, 2), let transfer = content.bigEndian(6, 2),
                let matrix = content.bigEndian(8, 2), let range = content.bigEndian(10, 1)
            {
                frame.tagColours(primaries: primaries, transfer: transfer)
                frame.tagMatrix(matrix, isFullRange: range & 0x80 != 0)
            } else if content.has("prof") || content.has("rICC"), colours == nil,
                content.count - 4 <= ColourConversion.maximumProfileBytes
            {
                colours = ColourConversion(profile: Array(content.dropFirst(4)), of: frame.isMonochrome ? .gray : .rgb)
            }
        }
        return colours
    }
}
