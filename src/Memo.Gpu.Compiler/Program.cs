// The build step that turns the kernels into texts: `Memo.Gpu.Compiler FOLDER` writes one file a target, plain for people
// and tools (ptxas), and packed for the program. The same kernels give the same bytes.

using System.IO.Compression;
using System.Text;

using Memo.Gpu.Kernels;

namespace Memo.Gpu.Compiler;

internal static class Program
{
    public static int Main(string[] args)
    {
        if (args.Length != 1)
        {
            Console.Error.WriteLine("usage: Memo.Gpu.Compiler FOLDER");
            return 2;
        }
        Directory.CreateDirectory(args[0]);
        bool failed = false;
        foreach (Target target in Target.All)
        {
            var text = new StringBuilder();
            foreach (KernelToCompile kernel in target.Kernels)
                try
                {
                    text.Append(CompiledText.Heading).Append(kernel.Name).Append('\n').Append(target.Compile(kernel)).Append('\n');
                }
                catch (Exception exception) // the generator throws its own kinds; each ends the build with the kernel's name
                {
                    // In the form that MSBuild takes for an error of its own.
                    Console.Error.WriteLine($"{kernel.Name}: error MEMO1: does not compile for {target.Name}: {Innermost(exception).Message}");
                    failed = true;
                }
            if (!failed) Write(Path.Combine(args[0], target.Name), text.ToString());
        }
        return failed ? 1 : 0;
    }

    private static void Write(string path, string text)
    {
        File.WriteAllText(path + ".txt", text);
        using FileStream file = File.Create(path + ".gz");
        using var packed = new GZipStream(file, CompressionLevel.SmallestSize);
        packed.Write(Encoding.UTF8.GetBytes(text));
    }

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner) exception = inner;
        return exception;
    }
}
