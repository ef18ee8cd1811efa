namespace Memo.Devices;

/// <summary>
/// The device that work was asked to use, and what becomes of its failures: they are the caller's, or, where one may fall back
/// to the processor, said once and done with.
/// </summary>
/// <param name="device">The device.</param>
/// <param name="fallBack">Told why the processor goes on alone; null where a failure shall end the work.</param>
internal sealed class DeviceChoice(IDistanceDevice device, Action<string>? fallBack = null)
{
    private int _failed;

    /// <summary>The device, or null once it has failed and the processor goes on alone.</summary>
    public IDistanceDevice? Device => Volatile.Read(ref _failed) != 0 ? null : device;

    /// <summary>
    /// Does work on the device. False where the processor has to do all of it: the device cannot take the data, or failed.
    /// </summary>
    /// <exception cref="DeviceException">The device failed, and there is no falling back.</exception>
    public bool Try(Func<IDistanceDevice, bool> work)
    {
        if (Device is not { } usable) return false;
        try
        {
            return work(usable);
        }
        catch (DeviceException problem) when (fallBack is not null)
        {
            if (Interlocked.Exchange(ref _failed, 1) == 0) fallBack(problem.Message);
            return false;
        }
    }
}
