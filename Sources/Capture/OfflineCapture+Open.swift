import Glibc
import System

extension OfflineCapture {
    /// Opens the input itself, of whatever kind its content may be.
    static func open(_ path: String) throws(CaptureError) -> Descriptor {
        let input: Descriptor
        do throws(SystemFailure) {
            if let opened = try OpenedInputs.take(path) {
                input = opened
            } else {
                input = try Descriptor(opening: path)
            }
        } catch {
            let problem: CaptureError.Problem = error.code == EACCES ? .permissionDenied : .cannotOpen
            throw CaptureError(problem, path: path, detail: error.message)
        }
        // A directory can be opened, and then fails at the first read with less to say.
        guard input.type != S_IFDIR else { throw CaptureError(.isDirectory, path: path) }
        return input
    }

    /// Opens a plain capture.
    static func plain(
        _ input: consuming Descriptor, path: String, file: Int, _ notes: CaptureNotes?
    ) throws(CaptureError) -> SavedInput {
        do throws(Savefile.Failure) {
            return try SavedInput(input, notes: notes, file: file)
        } catch {
            throw Self.error(error, path: path, frame: nil, decompressor: nil)
        }
    }

    /// Opens a compressed capture, and leaves the child that decompresses it in `child`.
    static func decompressed(
        _ input: borrowing Descriptor, through compression: Compression, path: String, file: Int,
        _ notes: CaptureNotes?,
        child: inout Decompressor?
    ) throws(CaptureError) -> SavedInput {
        let decompressor: Decompressor
        var output: Descriptor?
        do throws(Decompressor.Failure) {
            decompressor = try Decompressor.start(compression, reading: input, output: &output)
        } catch {
            switch error {
            case .programMissing:
                throw CaptureError(
                    .decompressorMissing(
                        format: compression.format, program: compression.program, package: compression.package
                    ),
                    path: path
                )
            case .system(let message):
                throw CaptureError(.decompressorFailed(program: compression.program), path: path, detail: message)
            }
        }
        guard let output = output.take() else {
            throw CaptureError(.decompressorFailed(program: compression.program), path: path)
        }
        do throws(Savefile.Failure) {
            let opened = try SavedInput(output, notes: notes, file: file)
            child = consume decompressor
            return opened
        } catch {
            throw Self.error(error, path: path, frame: nil, decompressor: decompressor)
        }
    }

    /// What a failure of reading means for the user.
    /// - Parameters:
    ///   - frame: The number of the frame that could not be read; nil where it was the file header.
    ///   - decompressor: The child the bytes came from, which is asked for the true reason, or ended.
    static func error(
        _ failure: Savefile.Failure, path: String, frame: UInt64?, decompressor: consuming Decompressor?
    ) -> CaptureError {
        let problem: CaptureError.Problem
        switch failure.cause {
        case .endOfInput:
            // The decompressor has closed its output. Had it failed, the cut is its doing, not the capture's.
            if let program = decompressor?.program, let message = decompressor.take()?.finish() {
                return CaptureError(.decompressorFailed(program: program), path: path, frame: frame, detail: message)
            }
            // libpcap tells an empty file from one cut short only in words.
            problem = frame == nil && failure.message.hasSuffix("only got 0") ? .empty : .cutShort
        case .system:
            problem = .readFailed
        case .content:
            // libpcap has no error numbers for files, only words. Where a later libpcap words it otherwise, the message
            // is still passed on, and only the advice is lost.
            problem = failure.message == "unknown file format" ? .notACapture : .damaged
        }
        return CaptureError(
            problem, path: path, frame: frame, offset: failure.offset,
            detail: problem == .empty ? "" : failure.message)
    }
}
